import CacheCore

/// Names that keep closures.
struct PinsPage: Sendable {
    let now: Timestamp
    let pins: [Pin]

    var html: HTML {
        """
        <p>A pin keeps a closure whatever its age, and readers find its store path under <code>pins/</code>.</p>
        <form method="post" action="/admin/pins"><div class="fields">
        <label>Name <input name="name" pattern="[A-Za-z0-9._\\-]{1,256}" maxlength="256" required></label>
        <label class="wide">Store path <input name="store-path" placeholder="/nix/store/…" required></label>
        <label>Closures to keep <input name="keep" type="number" min="1" max="1000" value="1"></label>
        <label>For how many days <input name="days" type="number" min="1" max="36500" placeholder="for ever"></label>
        <button>Set</button>
        </div></form>
        \(table)
        """
    }

    private var table: HTML {
        Table(
            caption: "Pins", headings: ["Name", "Store path", "Set", "Ends", "Change"],
            rows: pins.map { pin in
                [
                    "<code>\(pin.name)</code>", "<code>\(pin.storePath)</code>", pin.updatedAt.html(at: now),
                    "\(pin.expiresAt.map(\.minuteText) ?? "never")",
                    """
                    <form method="post" action="/admin/pins/delete"><input type="hidden" name="name" value="\(pin.name)">\
                    <button aria-label="Delete the pin \(pin.name)">Delete</button></form>
                    """,
                ]
            }
        ).html
    }
}

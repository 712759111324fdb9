import CacheCore

/// What was pushed, with all that it needs.
struct ClosuresPage: Sendable {
    /// How many are on a page.
    static let limit = 50

    let now: Timestamp
    let search: String
    let closures: ClosureListResponse
    /// The query of the next page; nil where there is none.
    let next: String?

    var html: HTML {
        """
        <form method="get" action="/admin/closures" role="search"><div class="fields">
        <label class="wide">Part of the store path <input name="search" type="search" maxlength="256" value="\(search)"></label>
        <button>Search</button>
        </div></form>
        \(table)
        \(next.map { "<p><a href=\"/admin/closures?\($0)\">More</a></p>" } ?? "")
        """
    }

    private var table: HTML {
        Table(
            caption: "Closures", headings: ["Store path", "Pushed", "Size", "Change"], numbers: [2],
            rows: closures.closures.map { closure in
                [
                    """
                    <code>\(closure.storePath ?? closure.id)</code> <a href="/admin/why?key=\(QueryValue(closure.id).description)" \
                    aria-label="Why \(closure.storePath ?? closure.id) is here">why?</a>
                    """,
                    closure.updatedAt.html(at: now), "\(ByteCount(closure.bytes).description)",
                    """
                    <form method="post" action="/admin/closures/delete"><input type="hidden" name="key" \
                    value="\(closure.id)"><button aria-label="Delete the closure \(closure.storePath ?? closure.id)">\
                    Delete</button></form>
                    """,
                ]
            }
        ).html
    }
}

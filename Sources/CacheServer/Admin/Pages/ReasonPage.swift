import CacheCore

/// Why something is still there.
struct ReasonPage: Sendable {
    let key: String
    let chain: RetentionChain?

    var html: HTML {
        """
        <form method="get" action="/admin/why"><div class="fields">
        <label class="wide"><span>Key, as <code>….narinfo</code> or <code>nar/….nar.zst</code></span>
        <input name="key" value="\(key)" maxlength="1024" required></label>
        <button>Why is it here?</button>
        </div></form>
        \(chain.map(answer) ?? "")
        """
    }

    private func answer(_ chain: RetentionChain) -> HTML {
        switch chain {
        case .closure(let path) where path.count == 1:
            "<p><code>\(key)</code> is here because it was pushed itself: it is the top of a closure.</p>"
        case .closure(let path):
            "<p><code>\(key)</code> is here because a closure needs it. Each of these refers to the next:</p>\(list(path))"
        case .extra(let closure, let path):
            """
            <p><code>\(key)</code> is here because the closure of <code>\(closure)</code> was pushed together with the first \
            of these, and each refers to the next:</p>\(list(path))
            """
        case .upload(let upload, let path):
            "<p><code>\(key)</code> is here because push \(upload.description) has to do with it:</p>\(list(path))"
        case .nothing:
            "<p>Nothing needs <code>\(key)</code>: a collection will delete it.</p>"
        case .unknown:
            "<p>The cache does not know <code>\(key)</code>.</p>"
        }
    }

    private func list(_ path: [String]) -> HTML {
        let items = path.map { key -> HTML in
            "<li><code><a href=\"/admin/why?key=\(QueryValue(key).description)\">\(key)</a></code></li>"
        }
        return "<ol class=\"chain\">\(items)</ol>"
    }
}

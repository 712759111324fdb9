import CacheCore

/// A page for whoever runs the cache. It works without scripts and has none.
struct AdminPage: Sendable {
    /// Where one can go.
    enum Section: String, CaseIterable, Sendable {
        case overview, pushes, collections, pins, closures, checks

        var path: String { self == .overview ? "/admin" : "/admin/\(rawValue)" }
        var title: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
    }

    let section: Section
    /// Its heading.
    var title: String?
    /// What has just been done, or why it was not.
    var notice: Notice?
    let body: HTML

    static let policy = ContentPolicy(style: style.text, hasForms: true)

    var html: String {
        let heading = title ?? section.title
        let page: HTML = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(heading) · niks3</title>
            <style>\(Self.style)</style>
            </head>
            <body>
            <nav aria-label="Sections"><ul>\(Section.allCases.map(link))</ul></nav>
            <main>
            <h1>\(heading)</h1>
            \(notice.map(\.html) ?? "")
            \(body)
            </main>
            </body>
            </html>

            """
        return page.text
    }

    private func link(_ other: Section) -> HTML {
        let mark: HTML = other == section ? " aria-current=\"page\"" : ""
        return "<li><a href=\"\(other.path)\"\(mark)>\(other.title)</a></li>"
    }

    /// Nothing may be put into it: the page's policy has its hash.
    static let style = HTML(
        stringLiteral: PageStyle.common + """
            nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;margin:0 0 1rem;padding:0 0 .5rem;\
            border-bottom:1px solid var(--line)}
            nav a{text-decoration:none}
            nav a:hover{text-decoration:underline}
            nav a[aria-current]{color:var(--text);font-weight:600}
            .scroll{overflow-x:auto;margin:.5rem 0}
            table{border-collapse:collapse;width:100%;font-size:.9rem}
            caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
            th,td{text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line)}
            th{font-weight:600;white-space:nowrap}
            td code{overflow-wrap:anywhere}
            td form{margin:0}
            .number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
            form{margin:1rem 0}
            .fields{display:flex;flex-wrap:wrap;gap:.75rem;align-items:end}
            .fields label{display:flex;flex-direction:column;font-size:.875rem;gap:.2rem}
            .fields label.check{flex-direction:row;align-items:center;gap:.4rem}
            .fields .wide{flex:1 1 18rem}
            input{font:inherit;padding:.25rem .5rem;border:1px solid var(--quiet);border-radius:.375rem;\
            background:var(--back);color:var(--text);min-width:0}
            .notice{border:1px solid var(--line);border-left:.3rem solid var(--good);border-radius:.375rem;padding:.5rem .75rem}
            .notice.bad{border-left-color:var(--bad)}
            .good{color:var(--good)}
            .bad-text{color:var(--bad)}
            figure{margin:1rem 0;min-width:0}
            figcaption{font-weight:600;margin-bottom:.25rem}
            .plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(26rem,100%),1fr));gap:1rem}
            .plot{width:100%;height:auto;display:block}
            .plot text{font:12px system-ui,sans-serif;fill:var(--quiet)}
            .plot .grid{stroke:var(--line);fill:none}
            .plot .line{stroke:var(--link);stroke-width:2;fill:none;stroke-linejoin:round}
            .plot .area{fill:var(--link);opacity:.12}
            ol.chain{padding-left:1.5rem}

            """)
}

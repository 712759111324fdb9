/// Rows under headings.
struct Table: Sendable {
    /// What the table holds, said before it by screen readers.
    let caption: String
    let headings: [String]
    /// The columns of numbers, which stand at the right.
    var numbers: Set<Int> = []
    let rows: [[HTML]]

    var html: HTML {
        guard !rows.isEmpty else { return "<p class=\"quiet\">There are none.</p>" }
        let head = headings.enumerated().map { index, heading -> HTML in
            "<th scope=\"col\"\(numbers.contains(index) ? Self.numeric : "")>\(heading)</th>"
        }
        let body = rows.map { row -> HTML in
            let cells = row.enumerated().map { index, cell -> HTML in
                "<td\(numbers.contains(index) ? Self.numeric : "")>\(cell)</td>"
            }
            return "<tr>\(cells)</tr>\n"
        }
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="\(caption)">
            <table><caption>\(caption)</caption>
            <thead><tr>\(head)</tr></thead>
            <tbody>
            \(body)</tbody></table></div>
            """
    }

    private static let numeric: HTML = " class=\"number\""
}

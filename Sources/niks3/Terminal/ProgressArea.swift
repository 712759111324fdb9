/// The lines at the bottom of a terminal that are drawn again and again; pure.
struct ProgressArea {
    /// What was drawn last, to be overwritten.
    private var shown: [String] = []

    /// What has to be written to show some lines in place of those before.
    ///
    /// - Parameters:
    ///   - lines: The lines, with or without escape sequences for colours.
    ///   - width: The columns that the terminal has now.
    mutating func draw(_ lines: [String], width: Int) -> String {
        let text = clear(width: width) + lines.joined(separator: "\r\n")
        shown = lines
        return text
    }

    /// What has to be written to take the lines away, with the cursor where the first began.
    mutating func clear(width: Int) -> String {
        guard !shown.isEmpty else { return "" }
        // A terminal that has become narrower shows a line on several rows.
        let rows = shown.reduce(0) { $0 + max(1, (Self.columns(of: $1) + max(1, width) - 1) / max(1, width)) }
        shown = []
        return (rows > 1 ? "\r\u{1b}[\(rows - 1)A" : "\r") + "\u{1b}[J"
    }

    /// How many columns a line takes, escape sequences apart.
    private static func columns(of line: String) -> Int {
        var count = 0
        var isEscape = false
        for character in line {
            if character == "\u{1b}" { isEscape = true } else if !isEscape { count += 1 }
            if isEscape, character.isLetter { isEscape = false }
        }
        return count
    }
}

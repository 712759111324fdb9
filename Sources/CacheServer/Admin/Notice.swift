/// What is said at the top of a page.
struct Notice: Sendable {
    let text: String
    var isFailure = false

    var html: HTML {
        let kind: HTML = isFailure ? "notice bad" : "notice"
        return "<p class=\"\(kind)\" role=\"status\">\(text)</p>"
    }

    /// What was done, by the word that the address has after a change: nobody else can have a page say something.
    private static let done = [
        "pinned": "The pin is set.", "unpinned": "The pin is gone. What only it kept goes with a later collection.",
        "collecting": "The collection has begun.",
        "removed": "The closure is gone. What only it needed goes with the next collection.",
    ]

    private init(text: String) {
        self.text = text
    }

    /// - Returns: nil for a word that means nothing.
    init?(done word: String?) {
        guard let text = word.flatMap({ Self.done[$0] }) else { return nil }
        self.init(text: text)
    }

    init(failure: String) {
        text = failure
        isFailure = true
    }
}

/// Entity tags come with quotes from some services and without from others.
enum S3ETag {
    /// The tag itself, without the quotes around it and without the mark of a weak one.
    static func unquoted(_ text: some StringProtocol) -> String {
        var tag = text[...]
        if tag.hasPrefix("W/") { tag = tag.dropFirst(2) }
        if tag.hasPrefix("\""), tag.hasSuffix("\""), tag.utf8.count >= 2 { tag = tag.dropFirst().dropLast() }
        return String(tag)
    }

    /// The tag in quotes, as headers and requests want it.
    static func quoted(_ text: String) -> String {
        "\"\(unquoted(text))\""
    }
}

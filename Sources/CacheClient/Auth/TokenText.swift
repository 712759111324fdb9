/// The rules that every token keeps, wherever it comes from.
enum TokenText {
    static let maximumLength = 64 << 10

    /// Takes the white space around a token away and checks what remains.
    static func check(_ text: String, from source: String) throws(ClientError) -> String {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0d).contains($0) }
        let bytes = text.utf8.drop(while: isSpace)
        let end = bytes.lastIndex { !isSpace($0) }
        guard let end else {
            throw ClientError(.credentials, "The API token from \(source) is empty: write the server's token there.")
        }
        let token = bytes[...end]
        guard token.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw ClientError(
                .credentials,
                "The API token from \(source) holds spaces or other characters that no token has: it must be one line "
                    + "with the token alone.")
        }
        return String(decoding: token, as: UTF8.self)
    }
}

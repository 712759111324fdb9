extension ContentAddress: Decodable {
    private enum CodingKeys: String, CodingKey {
        case method, hash
    }

    /// Reads the text form, or the object `{"method": …, "hash": …}` of newer versions of Nix.
    ///
    /// - Parameter decoder: What to read from.
    /// - Throws: ``NarKitError`` with the code `invalidContentAddress` or `invalidHash`, or `DecodingError`.
    public init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            try self.init(parsing: text)
            return
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let name = try container.decode(String.self, forKey: .method)
        guard let method = Method(rawValue: name) else {
            throw NarKitError(
                .invalidContentAddress,
                "\(quoted(name)) is not a method of content addressing: it must be text, flat, nar or git.")
        }
        try self.init(method: method, hash: container.decode(NixHash.self, forKey: .hash))
    }
}

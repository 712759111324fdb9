extension NixHash: Decodable {
    private enum CodingKeys: String, CodingKey {
        case algorithm, format, hash
    }

    /// Reads a text that ``init(parsing:)`` takes, or the object `{"algorithm": …, "format": …, "hash": …}` of newer
    /// versions of Nix.
    ///
    /// - Parameter decoder: What to read from.
    /// - Throws: ``NarKitError`` with the code `invalidHash`, or `DecodingError`.
    public init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            try self.init(parsing: text)
            return
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            algorithm: container.decode(String.self, forKey: .algorithm),
            format: container.decode(String.self, forKey: .format),
            hash: container.decode(String.self, forKey: .hash))
    }
}

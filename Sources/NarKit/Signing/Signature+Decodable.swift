extension Signature: Decodable {
    private enum CodingKeys: String, CodingKey {
        case keyName, sig
    }

    /// Reads the text form, or the object `{"keyName": …, "sig": …}` of newer versions of Nix.
    ///
    /// - Parameter decoder: What to read from.
    /// - Throws: ``NarKitError`` with the code `invalidSignature`, or `DecodingError`.
    public init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            try self.init(parsing: text)
            return
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let name = try container.decode(String.self, forKey: .keyName)
        let signature = try container.decode(String.self, forKey: .sig)
        try self.init(parsing: "\(name):\(signature)")
    }
}

extension Realisation {
    /// The file as Nix writes it: compact JSON with sorted keys and no line feed at the end.
    ///
    /// An ``id`` by hash gives the layout of `realisations/`, one by path that of `build-trace-v2/`, which leaves out the
    /// id because the file's place states it.
    public func serialized() -> String {
        let signatures = signatures.sortedWithoutDuplicates()
        switch id.derivation {
        case .hashModulo:
            let list = signatures.map { JSONText.string($0.description) }.joined(separator: ",")
            return "{\(hashedMembers),\"signatures\":[\(list)]}"
        case .path:
            let list = signatures.map { signature in
                let name = JSONText.string(signature.keyName)
                return "{\"keyName\":\(name),\"sig\":\(JSONText.string(Base64.encode(signature.bytes)))}"
            }
            let path = JSONText.string(outPath.baseName)
            return "{\"outPath\":\(path),\"signatures\":[\(list.joined(separator: ","))]}"
        }
    }

    /// The text that signatures are made of: the realisation as JSON, without its signatures.
    public var fingerprint: String {
        switch id.derivation {
        case .hashModulo:
            return "{\(hashedMembers)}"
        case .path(let derivation):
            let (key, value) = (JSONText.string(derivation.baseName), JSONText.string(outPath.baseName))
            return "{\"key\":{\"drvPath\":\(key),\"outputName\":\(JSONText.string(id.outputName))},"
                + "\"value\":{\"outPath\":\(value)}}"
        }
    }

    /// Adds the signatures of keys, in place of older ones with the same names; those of other keys stay.
    ///
    /// - Parameter keys: The keys.
    public mutating func sign(with keys: some Collection<SecretKey>) {
        let message = fingerprint
        let names = Set(keys.map(\.name))
        signatures.removeAll { names.contains($0.keyName) }
        signatures.append(contentsOf: keys.map { $0.sign(message) })
        signatures = signatures.sortedWithoutDuplicates()
    }

    /// The members that come before the signatures in the layout of `realisations/`.
    private var hashedMembers: String {
        let dependencies = dependentRealisations.sorted { $0.key < $1.key }.map { id, path in
            "\(JSONText.string(id)):\(JSONText.string(path.baseName))"
        }
        return "\"dependentRealisations\":{\(dependencies.joined(separator: ","))},"
            + "\"id\":\(JSONText.string(id.description)),\"outPath\":\(JSONText.string(outPath.baseName))"
    }
}

extension Scopes {
    /// The scopes that configuration files and flags name.
    public static let names: KeyValuePairs<String, Scopes> = ["read": .read, "write": .write, "admin": .admin]

    /// The scopes of some names.
    ///
    /// - Parameters:
    ///   - names: `read`, `write` and `admin`.
    ///   - place: where they stand, for the error.
    /// - Throws: ``ConfigurationError`` for any other name, and for none at all.
    public init(named names: [String], in place: String) throws(ConfigurationError) {
        self = []
        for name in names {
            guard let scope = Self.names.first(where: { $0.key == name }) else {
                throw ConfigurationError(
                    "\(place): there is no scope '\(name.prefix(40))'; give read, write or admin")
            }
            formUnion(scope.value)
        }
        guard !names.isEmpty else {
            throw ConfigurationError("\(place): there is no scope; give read, write or admin")
        }
    }
}

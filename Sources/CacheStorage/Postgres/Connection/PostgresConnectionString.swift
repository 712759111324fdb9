import CPQ

/// A connection string that libpq accepts, either form of it (PostgreSQL manual, "Connection Strings").
struct PostgresConnectionString: Sendable, Hashable {
    /// For libpq; it may hold a password.
    let text: String
    /// The size that the string asks of a pool, as `pool_max_conns`.
    let poolSize: Int?
    /// The database and where it is, for messages; never a password.
    let place: String

    /// Takes out what is for the pool and checks the rest.
    ///
    /// - Parameter text: a URI (`postgres://…`) or words of the form `key=value`.
    /// - Throws: what is wrong with it and how to write it, without a word of it.
    init(_ text: String) throws(PostgresError) {
        let isURI = text.hasPrefix("postgres://") || text.hasPrefix("postgresql://")
        let (rest, settings) = isURI ? Self.splitURI(text) : Self.splitWords(text)
        self.text = rest
        poolSize = try settings["pool_max_conns"].map { value throws(PostgresError) in
            guard let size = Int(value), PostgresPool.sizes.contains(size) else {
                throw PostgresError(
                    .other,
                    "pool_max_conns is '\(value)'; give a number from 1 to \(PostgresPool.sizes.upperBound)")
            }
            return size
        }
        place = try Self.place(rest)
    }

    /// What other drivers have in the string for their pools; libpq refuses options that it does not know.
    private static func isForPool(_ name: some StringProtocol) -> Bool { name.hasPrefix("pool_") }

    private static func splitURI(_ text: String) -> (String, [String: String]) {
        guard let mark = text.firstIndex(of: "?") else { return (text, [:]) }
        var settings: [String: String] = [:]
        var kept: [Substring] = []
        for parameter in text[text.index(after: mark)...].split(separator: "&", omittingEmptySubsequences: false) {
            let parts = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if isForPool(parts[0]) {
                settings[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
            } else {
                kept.append(parameter)
            }
        }
        let query = kept.isEmpty ? "" : "?" + kept.joined(separator: "&")
        return (text[..<mark] + query, settings)
    }

    /// Words are separated by spaces; a value may stand in single quotes, and a backslash keeps what follows it.
    private static func splitWords(_ text: String) -> (String, [String: String]) {
        var settings: [String: String] = [:]
        var kept = ""
        var word = ""
        var isQuoted = false
        var isEscaped = false
        func take() {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, isForPool(parts[0]) {
                settings[String(parts[0])] = parts[1].filter { $0 != "'" }
            } else if !word.isEmpty {
                kept += (kept.isEmpty ? "" : " ") + word
            }
            word = ""
        }
        for character in text {
            if character.isWhitespace, !isQuoted, !isEscaped {
                take()
                continue
            }
            if character == "'", !isEscaped { isQuoted.toggle() }
            isEscaped = character == "\\" && !isEscaped
            word.append(character)
        }
        take()
        return (kept, settings)
    }

    private static func place(_ text: String) throws(PostgresError) -> String {
        guard let options = PQconninfoParse(text, nil) else {
            // libpq's own words repeat parts of the string, which may be parts of a password.
            throw PostgresError(
                .other,
                "libpq does not take it; write postgres://user:password@host:port/database with odd characters as %20, "
                    + "or key=value words with quoted values, and use only libpq's parameters and pool_max_conns"
            )
        }
        defer { PQconninfoFree(options) }
        var values: [String: String] = [:]
        var option = options
        while let name = option.pointee.keyword {
            if let value = option.pointee.val { values[String(cString: name)] = String(cString: value) }
            option += 1
        }
        let host = values["host"] ?? values["hostaddr"] ?? "the default host"
        return "\(values["dbname"] ?? "the default database") at \(host)"
    }
}

/// Names as Prometheus takes and wants them (<https://prometheus.io/docs/practices/naming/>).
enum MetricName {
    /// The name of a metric that some library calls otherwise.
    ///
    /// - Parameters:
    ///   - label: as `http.server.requests`.
    ///   - unit: what it has to end with, as `_total`; empty for nothing.
    static func metric(_ label: String, unit: String = "") -> String {
        let name = cleaned(label, allowsColon: true)
        return name.hasSuffix(unit) ? name : name + unit
    }

    /// The name of a label.
    static func label(_ label: String) -> String {
        cleaned(label, allowsColon: false)
    }

    /// What is said of a metric that nobody has described.
    static func help(_ name: String) -> String {
        let words = name.split(separator: "_").joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst() + "."
    }

    private static func cleaned(_ text: String, allowsColon: Bool) -> String {
        let cleaned = text.map { character in
            character.isASCII && (character.isLetter || character.isNumber || (allowsColon && character == ":"))
                ? character : "_"
        }
        guard let first = cleaned.first, !first.isNumber else { return "_" + String(cleaned) }
        return String(cleaned)
    }
}

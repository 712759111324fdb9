/// What a client's Accept-Encoding field (RFC 9110, 12.5.3) allows.
struct AcceptedEncodings: Hashable, Sendable {
    private var weights: [String: Double] = [:]

    /// - Parameter field: the field's value, several joined by commas. Without the field a client gets no coding: there
    ///   is none that all clients know.
    init(_ field: String?) {
        for element in (field ?? "").split(separator: ",") {
            let parts = element.split(separator: ";").map { $0.trimmed.lowercased() }
            guard let coding = parts.first, !coding.isEmpty else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 }
            weights[coding] = weight ?? 1
        }
    }

    /// Whether a body in this content coding may be sent, as `zstd`.
    func allows(_ coding: String) -> Bool {
        (weights[coding] ?? weights["*"] ?? 0) > 0
    }
}

extension StringProtocol {
    /// Without spaces and tabs at both ends, the only white space that HTTP knows in fields.
    var trimmed: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}

extension ActiveTransfer {
    /// Shows a head, or a line of one, to whoever debugs.
    func report(_ head: UnsafeRawBufferPointer, isSent: Bool) {
        guard let hook = debugHook else { return }
        for line in DebugRedaction.redact(String(decoding: head, as: UTF8.self)) {
            hook("\(isSent ? ">" : "<") \(line)")
        }
    }
}

/// Takes the secrets out of what is shown when debugging.
enum DebugRedaction {
    private static let secretHeaders: Set<String> = [
        "authorization", "proxy-authorization", "cookie", "set-cookie", "x-amz-security-token",
    ]
    private static let secretParameters: Set<String> = ["x-amz-signature", "x-amz-security-token"]

    /// - Parameter head: lines of a head, with or without the line breaks.
    /// - Returns: the lines that are not empty.
    static func redact(_ head: String) -> [String] {
        head.split(whereSeparator: \.isNewline).map { line in
            if let colon = line.firstIndex(of: ":"), secretHeaders.contains(line[..<colon].lowercased()) {
                return line[..<colon] + ": [redacted]"
            }
            return redactParameters(line)
        }
    }

    private static func redactParameters(_ line: Substring) -> String {
        guard line.contains("?") else { return String(line) }
        var result = ""
        var rest = line
        while let separator = rest.firstIndex(where: { $0 == "?" || $0 == "&" }) {
            result += rest[...separator]
            rest = rest[rest.index(after: separator)...]
            guard let equals = rest.firstIndex(of: "="), secretParameters.contains(rest[..<equals].lowercased())
            else { continue }
            result += rest[...equals] + "[redacted]"
            rest = rest[equals...].drop { $0 != "&" && $0 != " " }
        }
        return result + rest
    }
}

/// The smallest narinfo, and variations of it.
enum NarInfoSample {
    static let hash = "sha256:1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s"
    static let path = "g9jlwsxv3y38fkr4x6pyf5p60n3mqnk5-a"

    static let minimal = [
        "StorePath: /nix/store/\(path)", "URL: nar/a.nar.zst", "Compression: zstd", "NarHash: \(hash)", "NarSize: 120",
        "References: ",
    ]

    static func text(_ lines: [String]) -> String { lines.map { "\($0)\n" }.joined() }

    /// The minimal narinfo with the line of this key put in place, or added.
    static func text(with line: String) -> String {
        let key = line.prefix { $0 != ":" } + ":"
        var lines = minimal
        if let index = lines.firstIndex(where: { $0.hasPrefix(key) }) {
            lines[index] = line
        } else {
            lines.append(line)
        }
        return text(lines)
    }
}

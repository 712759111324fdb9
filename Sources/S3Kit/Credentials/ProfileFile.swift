/// The sections of `~/.aws/config` or `~/.aws/credentials`.
///
/// Source: AWS SDKs and Tools reference guide, "Shared config and credentials files"
/// (<https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>).
struct ProfileFile: Hashable {
    enum Kind {
        /// Profiles other than `default` are headed `[profile name]`; other sections are no profiles.
        case config
        /// Profiles are headed `[name]`.
        case credentials
    }

    /// The settings of each profile, by names in small letters.
    private(set) var profiles: [String: [String: String]] = [:]

    /// Reads a file. Lines that mean nothing are passed over, as the AWS tools do; of settings that come twice the
    /// last one counts.
    init(parsing text: String, kind: Kind) {
        var profile: String?
        var nested = false
        for line in text.split(whereSeparator: \.isNewline) {
            let isIndented = line.first?.isWhitespace ?? false
            let content = line.trimmed
            guard !content.isEmpty, !content.hasPrefix("#"), !content.hasPrefix(";") else { continue }
            if content.hasPrefix("[") {
                profile = Self.profile(in: content, kind: kind)
                if let profile, profiles[profile] == nil { profiles[profile] = [:] }
                nested = false
                continue
            }
            // `s3 =` is followed by indented settings of its own, which are none of the profile.
            guard let profile, !(isIndented && nested), let equals = content.firstIndex(of: "=") else { continue }
            let name = content[..<equals].trimmed.lowercased()
            let value = Self.withoutComment(content[content.index(after: equals)...]).trimmed
            nested = value.isEmpty
            profiles[profile, default: [:]][name] = String(value)
        }
    }

    private static func profile(in header: Substring, kind: Kind) -> String? {
        guard let end = header.firstIndex(of: "]") else { return nil }
        let words = header[..<end].dropFirst().split(whereSeparator: \.isWhitespace)
        switch (kind, words.count) {
        case (.config, 1) where words[0] == "default": return "default"
        case (.config, 2...) where words[0] == "profile": return words.dropFirst().joined(separator: " ")
        case (.credentials, 1...): return words.joined(separator: " ")
        default: return nil
        }
    }

    /// A comment within a line begins with white space and `#` or `;`.
    private static func withoutComment(_ value: Substring) -> Substring {
        var previous: Character = " "
        for index in value.indices {
            if value[index] == "#" || value[index] == ";", previous.isWhitespace { return value[..<index] }
            previous = value[index]
        }
        return value
    }
}

extension Substring {
    var trimmed: Substring {
        let head = drop(while: \.isWhitespace)
        guard let last = head.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return head[...last]
    }
}

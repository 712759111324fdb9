import CacheCore

extension Timestamp {
    /// Day and time in UTC, to the minute: `2026-01-31 12:00`.
    var minuteText: String {
        String(description.prefix(16)).replacing("T", with: " ")
    }

    /// The instant, exactly for programs and to the minute for people, who read how long ago it was.
    func html(at now: Timestamp) -> HTML {
        """
        <time datetime="\(description)" title="\(minuteText) UTC">\((now - self).ageText)</time>
        """
    }
}

extension Duration {
    /// How long ago something was.
    var ageText: String {
        let seconds = components.seconds
        return switch seconds {
        case ..<0: "just now"
        case ..<60: "\(seconds) s ago"
        case ..<3600: "\(seconds / 60) min ago"
        case ..<(2 * 86400): "\(seconds / 3600) h ago"
        default: "\(seconds / 86400) days ago"
        }
    }

    /// How long something took.
    var lengthText: String {
        let seconds = components.seconds
        return switch seconds {
        case ..<60: "\(seconds) s"
        case ..<3600: "\(seconds / 60) min \(seconds % 60) s"
        default: "\(seconds / 3600) h \(seconds / 60 % 60) min"
        }
    }
}

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The spellings of instants in S3's answers.
enum S3Timestamp {
    private static let months = [
        "Jan": "01", "Feb": "02", "Mar": "03", "Apr": "04", "May": "05", "Jun": "06", "Jul": "07", "Aug": "08",
        "Sep": "09", "Oct": "10", "Nov": "11", "Dec": "12",
    ]

    /// Reads `2009-10-12T17:50:30.000Z`: what listings and credentials say. Always UTC; `Z` or `+00:00`.
    ///
    /// - Parameter text: the instant, with or without a fraction of a second.
    /// - Returns: the instant, or `nil` where the text is none.
    static func parse(iso text: String) -> Date? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[10] == UInt8(ascii: "T") else { return nil }
        let whole = text.utf8.prefix(19)
        let rest = String(text.dropFirst(whole.count))
        let fraction = rest.prefix { $0 == "." || $0.isASCII && $0.isNumber }
        guard ["Z", "+00:00", "+0000"].contains(rest.dropFirst(fraction.count)) else { return nil }
        guard bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"), bytes[13] == UInt8(ascii: ":"),
            bytes[16] == UInt8(ascii: ":")
        else { return nil }
        let compact = String(
            decoding: whole.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ":") }, as: UTF8.self)
        guard let second = SigningDate(parsing: compact + "Z") else { return nil }
        if fraction.isEmpty { return second.date }
        guard fraction.utf8.count <= 10, fraction.hasPrefix("."), let part = Double("0" + fraction) else { return nil }
        return second.date.addingTimeInterval(part)
    }

    /// Reads `Mon, 12 Oct 2009 17:50:30 GMT`: what headers say.
    ///
    /// - Parameter text: the instant.
    /// - Returns: the instant, or `nil` where the text is none.
    ///
    /// Source: RFC 9110, section 5.6.7, "IMF-fixdate".
    static func parse(http text: String) -> Date? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT" || words[5] == "UTC", words[0].hasSuffix(","),
            words[1].utf8.count == 2, let month = months[String(words[2])], words[3].utf8.count == 4
        else { return nil }
        let clock = words[4].split(separator: ":", omittingEmptySubsequences: false)
        guard clock.count == 3, clock.allSatisfy({ $0.utf8.count == 2 }) else { return nil }
        return SigningDate(parsing: "\(words[3])\(month)\(words[1])T\(clock.joined())Z")?.date
    }

    /// Writes `Mon, 12 Oct 2009 17:50:30 GMT`.
    ///
    /// - Parameter date: any instant; it is cut to whole seconds.
    static func http(_ date: Date) -> String {
        let instant = SigningDate(date)
        let text = Array(instant.timestamp)
        let day = Int((Double(instant.seconds) / 86_400).rounded(.down))
        // 1 January 1970 was a Thursday.
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][((day % 7) + 7) % 7]
        let month = months.first { $0.value == String(text[4..<6]) }?.key ?? ""
        let time = "\(String(text[9..<11])):\(String(text[11..<13])):\(String(text[13..<15]))"
        return "\(weekday), \(String(text[6..<8])) \(month) \(String(text[0..<4])) \(time) GMT"
    }
}

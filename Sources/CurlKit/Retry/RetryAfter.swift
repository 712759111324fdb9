#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The header `Retry-After`, as a number of seconds or as a date.
///
/// Source: RFC 9110, sections 5.6.7 and 10.2.3.
public enum RetryAfter {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Reads the header's value.
    ///
    /// - Parameters:
    ///   - value: such as `120` or `Fri, 31 Dec 1999 23:59:59 GMT`; the two older forms of dates are known too.
    ///   - now: the present time.
    /// - Returns: how long to wait, zero for a date that has passed, or `nil` for anything else.
    public static func parse(_ value: String, now: Date = Date()) -> Duration? {
        let text = value.split(whereSeparator: { $0 == " " || $0 == "\t" }).joined(separator: " ")
        if !text.isEmpty, text.utf8.allSatisfy(isDigit) {
            // Whoever writes more digits means "never".
            return .seconds(Int64(text.prefix(10)).map { text.utf8.count > 10 ? Int64(Int32.max) : $0 } ?? 0)
        }
        guard let date = parseDate(text) else { return nil }
        return max(.zero, .seconds(date - now.timeIntervalSince1970))
    }

    /// - Returns: seconds since 1970.
    private static func parseDate(_ text: String) -> Double? {
        var words = text.split { $0 == " " || $0 == "," || $0 == "-" }
        guard words.count == 5 || words.count == 6, words[0].utf8.count >= 3 else { return nil }
        if words.count == 5 {
            // asctime: Sun Nov 6 08:49:37 1994
            words = [words[0], words[2], words[1], words[4], words[3], "GMT"]
        }
        let time = words[4].split(separator: ":", omittingEmptySubsequences: false)
        guard words[5] == "GMT", time.count == 3, let day = number(words[1], 1...31),
            let month = months.firstIndex(of: String(words[2])), var year = number(words[3], 0...9999),
            let hour = number(time[0], 0...23), let minute = number(time[1], 0...59),
            let second = number(time[2], 0...60)
        else { return nil }
        // RFC 850 had two digits; what looks more than 50 years ahead is past.
        if words[3].utf8.count == 2 { year += year < 70 ? 2000 : 1900 }
        let days = daysSinceEpoch(year: year, month: month + 1, day: day)
        return Double(days * 86_400 + hour * 3600 + minute * 60 + second)
    }

    /// Days of the Gregorian calendar, with years that begin in March.
    private static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
        let shiftedYear = month > 2 ? year : year - 1
        let shiftedMonth = (month + 9) % 12
        let leapDays = shiftedYear / 4 - shiftedYear / 100 + shiftedYear / 400
        return shiftedYear * 365 + leapDays + (shiftedMonth * 153 + 2) / 5 + day - 1 - 719_468
    }

    private static func number(_ text: Substring, _ range: ClosedRange<Int>) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 4, text.utf8.allSatisfy(isDigit) else { return nil }
        return Int(text).flatMap { range.contains($0) ? $0 : nil }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

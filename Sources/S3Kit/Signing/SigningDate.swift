#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An instant in the two spellings that Signature Version 4 uses, in UTC and whole seconds.
struct SigningDate: Hashable, Sendable {
    /// Seconds since 1970.
    let seconds: Int64

    /// `yyyyMMdd'T'HHmmss'Z'`
    let timestamp: String

    /// `yyyyMMdd`
    var day: String { String(timestamp.prefix(8)) }

    var date: Date { Date(timeIntervalSince1970: Double(seconds)) }

    /// The second that an instant lies in. Years beyond 0…9999 are cut to that range, as the format has four digits.
    init(_ date: Date) {
        self.init(seconds: Self.seconds(of: date))
    }

    /// The second that an instant lies in, since 1970, cut to the range of the format.
    static func seconds(of date: Date) -> Int64 {
        let earliest = -62_167_219_200.0
        let latest = 253_402_300_799.0
        return Int64(min(max(date.timeIntervalSince1970.rounded(.down), earliest), latest))
    }

    /// Reads `yyyyMMdd'T'HHmmss'Z'` and nothing else.
    init?(parsing text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z") else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            var value: Int64 = 0
            for byte in bytes[range] {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - UInt8(ascii: "0"))
            }
            return value
        }
        guard let year = number(0..<4), let month = number(4..<6), let day = number(6..<8),
            let hour = number(9..<11), let minute = number(11..<13), let second = number(13..<15),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60
        else { return nil }
        let days = Self.daysSinceEpoch(year: year, month: month, day: day)
        self.init(seconds: days * 86_400 + hour * 3600 + minute * 60 + second)
        // A day that its month lacks, such as 30 February, comes out as another one.
        guard timestamp == text else { return nil }
    }

    /// - Parameter seconds: within the range of the format.
    init(seconds: Int64) {
        self.seconds = seconds
        let days = (Double(seconds) / 86_400).rounded(.down)
        let second = seconds - Int64(days) * 86_400
        let (year, month, day) = Self.civilDate(daysSinceEpoch: Int64(days))
        timestamp =
            Self.padded(year, 4) + Self.padded(month, 2) + Self.padded(day, 2) + "T"
            + Self.padded(second / 3600, 2) + Self.padded(second / 60 % 60, 2) + Self.padded(second % 60, 2) + "Z"
    }

    /// The proleptic Gregorian calendar with years that start in March, so that the leap day comes last.
    private static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
        let marchYear = month > 2 ? year : year - 1
        let marchMonth = (month + 9) % 12
        let leapDays = floorDivide(marchYear, 4) - floorDivide(marchYear, 100) + floorDivide(marchYear, 400)
        return marchYear * 365 + leapDays + (marchMonth * 153 + 2) / 5 + day - 1 - 719_468
    }

    private static func civilDate(daysSinceEpoch: Int64) -> (year: Int64, month: Int64, day: Int64) {
        // The estimate by the mean length of a year is off by one at most.
        var marchYear = floorDivide((daysSinceEpoch + 719_468) * 400, 146_097)
        while Self.daysSinceEpoch(year: marchYear + 1, month: 3, day: 1) <= daysSinceEpoch { marchYear += 1 }
        while Self.daysSinceEpoch(year: marchYear, month: 3, day: 1) > daysSinceEpoch { marchYear -= 1 }
        let dayOfYear = daysSinceEpoch - Self.daysSinceEpoch(year: marchYear, month: 3, day: 1)
        let marchMonth = (dayOfYear * 5 + 2) / 153
        let day = dayOfYear - (marchMonth * 153 + 2) / 5 + 1
        let month = (marchMonth + 2) % 12 + 1
        return (month > 2 ? marchYear : marchYear + 1, month, day)
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

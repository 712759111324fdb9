extension Timestamp: CustomStringConvertible, Codable {
    /// RFC 3339 text in UTC, as `2026-01-31T23:59:59.250000Z`; the fraction is left out when it is zero.
    public var description: String {
        let days = Timestamp.floorDivide(seconds, 86_400)
        let second = seconds - days * 86_400
        let (year, month, day) = Timestamp.civil(fromDays: days)
        var text = Timestamp.padded(year, 4) + "-" + Timestamp.padded(month, 2) + "-" + Timestamp.padded(day, 2) + "T"
        text += Timestamp.padded(second / 3600, 2) + ":" + Timestamp.padded(second / 60 % 60, 2) + ":"
        text += Timestamp.padded(second % 60, 2)
        if microsecondsOfSecond != 0 {
            text += "." + Timestamp.padded(microsecondsOfSecond, 6)
        }
        return text + "Z"
    }

    /// Parses RFC 3339 text, with `Z` or a numeric offset; digits beyond microseconds are dropped.
    ///
    /// Returns nil for anything else. Source: RFC 3339, section 5.6.
    /// - Parameter text: for example `2026-01-31T23:59:59Z` or `2026-02-01T01:59:59.5+02:00`.
    public init?(rfc3339 text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard (20...64).contains(bytes.count), bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] | 0x20 == UInt8(ascii: "t"), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let year = Timestamp.digits(bytes[0..<4]), let month = Timestamp.digits(bytes[5..<7]),
            let day = Timestamp.digits(bytes[8..<10]), let hour = Timestamp.digits(bytes[11..<13]),
            let minute = Timestamp.digits(bytes[14..<16]), let second = Timestamp.digits(bytes[17..<19]),
            (1...12).contains(month), (1...Timestamp.daysInMonth(year, month)).contains(day), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        var rest = bytes[19...]
        var fraction: Int64 = 0
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard !digits.isEmpty else { return nil }
            rest = rest.dropFirst(1 + digits.count)
            let six = digits.prefix(6)
            fraction = Timestamp.digits(six) ?? 0
            for _ in six.count..<6 { fraction *= 10 }
        }
        var offset: Int64 = 0
        if rest.count == 1, let mark = rest.first, mark | 0x20 == UInt8(ascii: "z") {
            offset = 0
        } else {
            let zone = Array(rest)
            guard zone.count == 6, zone[3] == UInt8(ascii: ":"), let hours = Timestamp.digits(zone[1..<3]),
                let minutes = Timestamp.digits(zone[4..<6]), hours < 24, minutes < 60,
                zone[0] == UInt8(ascii: "+") || zone[0] == UInt8(ascii: "-")
            else { return nil }
            offset = (hours * 3600 + minutes * 60) * (zone[0] == UInt8(ascii: "-") ? -1 : 1)
        }
        let days = Timestamp.days(fromCivil: year, month, day)
        self.init(seconds: days * 86_400 + hour * 3600 + minute * 60 + second - offset)
        microseconds += fraction
    }

    /// Decodes RFC 3339 text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let instant = Timestamp(rfc3339: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "it is no RFC 3339 time")
        }
        self = instant
    }

    /// Encodes RFC 3339 text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func digits(_ bytes: some Collection<UInt8>) -> Int64? {
        var value: Int64 = 0
        for byte in bytes {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        return value
    }

    private static func floorDivide(_ number: Int64, _ divisor: Int64) -> Int64 {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }

    private static func isLeap(_ year: Int64) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    private static func daysInMonth(_ year: Int64, _ month: Int64) -> Int64 {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 of a date of the proleptic Gregorian calendar. Years are counted from March, so that the
    /// leap day ends a year; a cycle of 400 years has 146,097 days.
    private static func days(fromCivil year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let cycle = floorDivide(shifted, 400)
        let yearOfCycle = shifted - cycle * 400
        let monthFromMarch = (month + 9) % 12
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let dayOfCycle = yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100 + dayOfYear
        return cycle * 146_097 + dayOfCycle - 719_468
    }

    private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let cycle = floorDivide(shifted, 146_097)
        let dayOfCycle = shifted - cycle * 146_097
        let yearOfCycle = (dayOfCycle - dayOfCycle / 1460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
        let dayOfYear = dayOfCycle - (yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfCycle + cycle * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

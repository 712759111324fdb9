/// A number of bytes for people.
struct ByteCount: Hashable, Sendable, CustomStringConvertible {
    let bytes: Int64

    init(_ bytes: Int64) {
        self.bytes = bytes
    }

    /// With a unit by thousands, and one decimal below ten of it.
    var description: String {
        var value = Double(bytes.magnitude)
        var unit = 0
        while value >= 999.5, unit < Self.units.count - 1 {
            value /= 1000
            unit += 1
        }
        let tenths = Int((value * 10).rounded())
        let isShort = unit > 0 && tenths < 100
        let number = isShort ? "\(tenths / 10).\(tenths % 10)" : "\(Int(value.rounded()))"
        return "\(bytes < 0 ? "-" : "")\(number) \(Self.units[unit])"
    }

    private static let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
}

extension BinaryInteger {
    /// The digits in groups of three, with commas between them.
    var grouped: String {
        var text = ""
        let digits = String(magnitude)
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return (self < 0 ? "-" : "") + text
    }
}

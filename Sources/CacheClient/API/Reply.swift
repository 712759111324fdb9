internal import CurlKit

/// A response whose body, which is small, has been read.
struct Reply: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var body: [UInt8]

    var isSuccess: Bool { (200..<300).contains(status) }

    /// What the body says, made fit for one line of a message; empty when it says nothing.
    var text: String {
        var text = ""
        for scalar in String(decoding: body.prefix(2_000), as: UTF8.self).unicodeScalars {
            let isSpace = scalar.value <= 0x20 || scalar.value == 0x7f
            if !isSpace { text.unicodeScalars.append(scalar) } else if !text.isEmpty, text.last != " " { text += " " }
        }
        while text.last == " " || text.last == "." { text.removeLast() }
        return text
    }
}

/// Puts the head of a response together from the lines that libcurl hands over; a pure state machine.
struct HeadParser {
    enum Step: Equatable {
        /// More lines are to come.
        case more
        /// The head is complete.
        case complete(HTTPResponseHead)
    }

    struct Failure: Error {
        let problem: String
    }

    /// Whether a redirect's head is skipped, since another response follows.
    let followsRedirects: Bool

    /// The most bytes of one response's head.
    let limit: Int

    private var head: HTTPResponseHead?
    private var byteCount = 0

    /// After the head only trailers come, which nobody needs.
    private(set) var isComplete = false

    init(followsRedirects: Bool, limit: Int) {
        self.followsRedirects = followsRedirects
        self.limit = limit
    }

    mutating func consume(_ line: UnsafeRawBufferPointer) throws(Failure) -> Step {
        byteCount += line.count
        guard byteCount <= limit else {
            throw Failure(problem: "the head of the response is larger than \(limit) bytes")
        }
        guard !isComplete else { return .more }
        if line.starts(with: "HTTP/".utf8) {
            head = try Self.statusLine(line)
            byteCount = line.count
            return .more
        }
        guard let current = head else { throw Failure(problem: "the response does not begin with a status line") }
        let text = Self.trim(line[...])
        if text.isEmpty, !Self.isFolded(line) {
            guard current.status >= 200, !isSkippedRedirect(current) else { return .more }
            isComplete = true
            return .complete(current)
        }
        if Self.isFolded(line) {
            head?.headers.continueLast(with: String(decoding: text, as: UTF8.self))
        } else if let colon = text.firstIndex(of: UInt8(ascii: ":")) {
            head?.headers.append(
                name: String(decoding: Self.trim(text[..<colon]), as: UTF8.self),
                value: String(decoding: Self.trim(text[(colon + 1)...]), as: UTF8.self))
        } else {
            throw Failure(problem: "the response has a header line without a colon")
        }
        return .more
    }

    private func isSkippedRedirect(_ head: HTTPResponseHead) -> Bool {
        followsRedirects && [301, 302, 303, 307, 308].contains(head.status) && head.headers["location"] != nil
    }

    private static func statusLine(_ line: UnsafeRawBufferPointer) throws(Failure) -> HTTPResponseHead {
        let words = trim(line[...]).split(separator: UInt8(ascii: " "), maxSplits: 2)
        guard words.count >= 2, words[1].count == 3,
            let status = Int(String(decoding: words[1], as: UTF8.self)), (100...999).contains(status)
        else { throw Failure(problem: "the response has a broken status line") }
        return HTTPResponseHead(status: status, version: String(decoding: words[0].dropFirst(5), as: UTF8.self))
    }

    private static func isFolded(_ line: UnsafeRawBufferPointer) -> Bool {
        line.first == UInt8(ascii: " ") || line.first == UInt8(ascii: "\t")
    }

    private static func trim(_ bytes: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        var trimmed = bytes
        while let first = trimmed.first, isSpace(first) { trimmed.removeFirst() }
        while let last = trimmed.last, isSpace(last) { trimmed.removeLast() }
        return trimmed
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
            || byte == UInt8(ascii: "\n")
    }
}

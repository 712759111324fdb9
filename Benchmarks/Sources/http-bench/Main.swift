import CurlKit

/// Sends requests as a push does, for `http.sh` to time beside curl, to a server that only answers.
@main
enum HTTPBench {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        switch (arguments.first, arguments.dropFirst().first) {
        case ("sink", nil):
            try Sink().run()
        case ("put", let url?):
            let numbers = arguments.dropFirst(2).compactMap { Int($0) }
            guard numbers.count == 3, numbers.allSatisfy({ $0 > 0 }) else { return usage() }
            try await put(to: url, count: numbers[0], size: numbers[1], inFlight: numbers[2])
        default:
            usage()
        }
    }

    /// Puts objects, so many at a time.
    ///
    /// - Parameters:
    ///   - url: where to; each object's number is appended.
    ///   - count: how many objects.
    ///   - size: the bytes of each.
    ///   - inFlight: how many requests are under way.
    private static func put(to url: String, count: Int, size: Int, inFlight: Int) async throws {
        let client = HTTPClient()
        let bytes = [UInt8](repeating: 0x61, count: size)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for first in 0..<min(inFlight, count) {
                group.addTask {
                    for number in stride(from: first, to: count, by: inFlight) {
                        let request = HTTPRequest(method: "PUT", url: url + String(number), body: .bytes(bytes))
                        let response = try await client.execute(request)
                        _ = try await response.body.collect(upTo: 64 << 10)
                        guard response.status == 200 else { throw BenchError(message: "status \(response.status)") }
                    }
                }
            }
            try await group.waitForAll()
        }
        await client.shutdown()
    }

    private static func usage() {
        print(
            """
            usage: http-bench sink
                   http-bench put URL COUNT SIZE IN-FLIGHT
            """)
    }
}

/// Why a run does not count.
struct BenchError: Error, CustomStringConvertible {
    /// What went wrong.
    let message: String

    var description: String { message }
}

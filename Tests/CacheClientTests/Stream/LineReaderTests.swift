import Testing

@testable import CacheClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#endif
import Foundation

@Suite struct LineReaderTests {
    private func lines(_ text: String, limit: Int) async throws -> [LineReader.Line] {
        let pipe = Pipe()
        pipe.fileHandleForWriting.write(Data(text.utf8))
        try pipe.fileHandleForWriting.close()
        let reader = LineReader(descriptor: pipe.fileHandleForReading.fileDescriptor, limit: limit)
        var lines: [LineReader.Line] = []
        while let line = try await reader.next() { lines.append(line) }
        return lines
    }

    private static func text(_ string: String) -> LineReader.Line { .text(Array(string.utf8)) }

    @Test(
        "lines come one by one, the last with or without its end",
        arguments: [
            ("", []), ("a\n", ["a"]), ("a", ["a"]), ("a\n\nb\n", ["a", "", "b"]), ("a\r\nb", ["a\r", "b"]),
        ] as [(String, [String])])
    func split(text: String, expected: [String]) async throws {
        #expect(try await lines(text, limit: 100) == expected.map(Self.text))
    }

    @Test("a line that is too long is cut, and the next one is whole")
    func tooLong() async throws {
        let long = String(repeating: "x", count: 30_000)
        let beginning = LineReader.Line.tooLong(Array(repeating: UInt8(ascii: "x"), count: 200))
        #expect(try await lines("a\n\(long)\nb\n", limit: 300) == [Self.text("a"), beginning, Self.text("b")])
        #expect(try await lines(long, limit: 300) == [beginning])
        #expect(try await lines("\(String(repeating: "x", count: 300))\n", limit: 300).count == 1)
    }

    @Test("what is not there yet is not waited for, and waiting can be interrupted")
    func waiting() async throws {
        let pipe = Pipe()
        let reader = LineReader(descriptor: pipe.fileHandleForReading.fileDescriptor)
        #expect(try await reader.nextIfReady() == nil)
        pipe.fileHandleForWriting.write(Data("a\nb".utf8))
        #expect(try await reader.nextIfReady() == Self.text("a"))
        #expect(try await reader.nextIfReady() == nil)
        let descriptor = pipe.fileHandleForReading.fileDescriptor
        let code = await withTaskGroup(of: ClientError.Code?.self) { group in
            group.addTask {
                do throws(ClientError) {
                    _ = try await LineReader(descriptor: descriptor).next()
                    return nil
                } catch {
                    return error.code
                }
            }
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(code == .cancelled)
        try pipe.fileHandleForWriting.close()
    }

    @Test(
        "requests",
        arguments: [
            (" /nix/store/x \r", StreamRequest.path("/nix/store/x")), ("  ", nil),
            (#"{"id":7,"paths":["a","b"]}"#, .batch(id: .number(7), paths: ["a", "b"])),
            (#"{"id":"x","paths":[],"new":1}"#, .batch(id: .text("x"), paths: [])),
            (#"{"paths":["a"]}"#, .batch(id: nil, paths: ["a"])),
            (#"{"id":1}"#, .malformed(#"{"id":1}"#)), ("{", .malformed("{")),
        ] as [(String, StreamRequest?)])
    func request(line: String, expected: StreamRequest?) {
        #expect(StreamRequest(Self.text(line)) == expected)
    }

    @Test("results are one line, with what there is")
    func result() {
        #expect(
            StreamResult(id: .number(3), path: "/nix/store/x", status: .ok, signatures: ["k:s"]).line
                == #"{"id":3,"path":"/nix/store/x","signatures":["k:s"],"status":"ok"}"# + "\n")
        #expect(
            StreamResult(path: "x", status: .error, message: "a\nb").line
                == #"{"message":"a\nb","path":"x","status":"error"}"# + "\n")
    }
}

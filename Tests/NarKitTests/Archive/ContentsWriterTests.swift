import Foundation
import Glibc
import Testing

@testable import NarKit

@Suite("Writing contents beside the thread that creates files")
struct ContentsWriterTests {
    private let tree: TemporaryTree

    init() throws {
        tree = try TemporaryTree()
    }

    private func create(_ name: String, _ flags: Int32 = O_WRONLY) throws -> FileDescriptor {
        FileDescriptor(owning: open(try tree.file(name, []), flags | O_CLOEXEC))
    }

    private func append(_ count: Int, to name: String, _ writer: ContentsWriter) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        try bytes.withUnsafeBytes { try writer.append($0, directory: Array("d".utf8), name: Array(name.utf8)) }
    }

    @Test(
        "Files smaller and larger than a batch, and empty ones",
        arguments: [[0], [5], [0, 3, 0], [700_000, 1, 300_000]])
    func sizes(sizes: [Int]) throws {
        let writer = ContentsWriter()
        for (index, size) in sizes.enumerated() {
            writer.begin(try create("\(index)"))
            try append(size, to: "\(index)", writer)
            try writer.end(directory: [], name: [])
        }
        try writer.finish()
        #expect(tree.openDescriptors == [])
        for (index, size) in sizes.enumerated() {
            let file = try #require(FileHandle(forReadingAtPath: tree.at("\(index)")))
            #expect(try file.readToEnd() ?? Data() == Data((0..<size).map { UInt8(truncatingIfNeeded: $0) }))
        }
    }

    @Test(
        "A file that cannot be written is named, by a batch that waits or by one of many", arguments: [10, 4_000_000])
    func failure(size: Int) throws {
        let writer = ContentsWriter()
        writer.begin(try create("good"))
        try append(10, to: "good", writer)
        try writer.end(directory: Array("d".utf8), name: Array("good".utf8))
        writer.begin(try create("bad", O_RDONLY))
        let error = #expect(throws: NarKitError.self) {
            try append(size, to: "bad", writer)
            try writer.end(directory: Array("d".utf8), name: Array("bad".utf8))
            try writer.finish()
        }
        #expect(error?.message == "Cannot write \"d/bad\": Bad file descriptor.")
    }

    @Test("What is given up is closed")
    func givenUp() throws {
        do {
            let writer = ContentsWriter()
            for name in 0..<100 {
                writer.begin(try create("\(name)"))
                try append(10_000, to: "\(name)", writer)
                if name < 99 { try writer.end(directory: [], name: []) }
            }
        }
        #expect(tree.openDescriptors == [])
    }
}

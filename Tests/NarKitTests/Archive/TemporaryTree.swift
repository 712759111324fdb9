import Foundation
import Glibc
import Subprocess
import Testing

/// A directory of a test's own, removed with it.
final class TemporaryTree: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/narkit-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }
        }
        path = String(cString: try #require(made))
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// A path in the directory.
    func at(_ name: String) -> String { "\(path)/\(name)" }

    @discardableResult
    func directory(_ name: String) throws -> String {
        try FileManager.default.createDirectory(atPath: at(name), withIntermediateDirectories: true)
        return at(name)
    }

    @discardableResult
    func file(_ name: String, _ contents: [UInt8] = [], mode: mode_t = 0o644) throws -> String {
        try Self.write(contents, to: Array(at(name).utf8CString), mode: mode)
        return at(name)
    }

    /// A file of zeros that takes no space.
    @discardableResult
    func sparseFile(_ name: String, size: Int) throws -> String {
        try file(name)
        try #require(truncate(at(name), size) == 0)
        return at(name)
    }

    func link(_ name: String, to target: String) throws {
        try #require(symlink(target, at(name)) == 0)
    }

    /// Makes one of everything that an archive can hold, with names that are easy to get wrong.
    func populate() throws -> String {
        let root = try directory("tree")
        try directory("tree/empty directory")
        try directory("tree/deep/deeper/deepest")
        try file("tree/deep/deeper/deepest/file", Array("at the bottom\n".utf8))
        for (name, size) in [("zero", 0), ("seven", 7), ("eight", 8), ("nine", 9), ("large", 700_001)] {
            try file("tree/\(name)", (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        }
        try file("tree/run", Array("#!/bin/sh\n".utf8), mode: 0o755)
        try file("tree/run-empty", [], mode: 0o755)
        try file("tree/only-group-runs", [1], mode: 0o654)
        try file("tree/Grüße 日本", [1, 2, 3])
        try file("tree/control\u{1}\u{8}\n\t\u{7f}\"\\", [4])
        try file("tree/a", [5])
        try file("tree/a.b", [6])
        try file("tree/a-b", [7])
        try file("tree/B", [8])
        try file("tree/\(String(repeating: "n", count: 255))", [9])
        try link("tree/relative", to: "deep/deeper")
        try link("tree/dangling", to: "/nowhere/\"quoted\"")
        let notUTF8 = Array("\(root)/raw-".utf8CString.dropLast()) + [-1, -2, -128, 0]
        try Self.write([10], to: notUTF8, mode: 0o644)
        return root
    }

    /// The descriptors of this process that have something in the directory open.
    var openDescriptors: [String] {
        let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return descriptors.compactMap { number in
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)")
            return target.flatMap { $0.hasPrefix(path) ? $0 : nil }
        }
    }

    private static func write(_ contents: [UInt8], to path: [CChar], mode: mode_t) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        try #require(descriptor >= 0, "errno \(errno)")
        defer { close(descriptor) }
        try #require(fchmod(descriptor, mode) == 0)
        try #require(Glibc.write(descriptor, contents, contents.count) == contents.count)
    }
}

/// Real Nix and other tools.
enum Tool {
    /// Runs a program, which must succeed.
    ///
    /// - Returns: What it wrote to its standard output.
    @discardableResult
    static func run(
        _ name: String, _ arguments: [String], environment: [Environment.Key: String?] = [:], input: [UInt8] = []
    ) async throws -> [UInt8] {
        let result = try await Subprocess.run(
            .name(name), arguments: Arguments(arguments), environment: .inherit.updating(environment),
            input: .array(input), output: .bytes(limit: 64 << 20), error: .string(limit: 1 << 20))
        try #require(result.terminationStatus.isSuccess, "\(name): \(result.standardError)")
        return result.standardOutput
    }

    /// What Nix makes of a tree.
    static func nixDump(_ path: String) async throws -> [UInt8] {
        try await run("nix-store", ["--dump", path])
    }
}

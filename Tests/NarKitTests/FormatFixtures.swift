import Foundation
import Testing

/// The files that `Fixtures/formats/make.sh` made with real Nix.
enum FormatFixtures {
    static func bytes(_ path: String) throws -> [UInt8] {
        let root = try #require(Bundle.module.resourceURL)
        return try Array(Data(contentsOf: root.appending(path: "Fixtures/formats/\(path)")))
    }

    static func text(_ path: String) throws -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }

    static func lines(_ path: String) throws -> [String] {
        try text(path).split(separator: "\n").map(String.init)
    }

    static func files(in folder: String) throws -> [String] {
        let root = try #require(Bundle.module.resourceURL)
        let folderPath = root.appending(path: "Fixtures/formats/\(folder)").path
        let names = try FileManager.default.contentsOfDirectory(atPath: folderPath).sorted()
        try #require(!names.isEmpty)
        return names.map { "\(folder)/\($0)" }
    }
}

import NarKit

/// Dumps a path as a compressed NAR, and says of it what a narinfo needs: `DumpStorePath PATH`.
@main
struct DumpStorePath {
    static func main() async throws {
        guard CommandLine.arguments.count == 2 else { fatalError("usage: DumpStorePath PATH") }
        let source = NarSource(path: CommandLine.arguments[1], options: .init(compression: .zstd(.init(level: 3))))
        let stream = source.makeStream()
        var bytes = 0
        // Where another program would send each chunk on.
        for try await chunk in stream { bytes += chunk.count }
        let summary = try await stream.summary()
        print("NarHash: \(summary.narHash?.description ?? "")")
        print("NarSize: \(summary.narSize)")
        print("FileSize: \(bytes)")
    }
}

public import NarKit

extension NixDirectories {
    /// Where the build log of a derivation may lie, likeliest first.
    ///
    /// - Parameter derivation: The derivation.
    /// - Returns: The file that Nix compresses with bzip2, and the one it writes where log compression is off.
    public func logFiles(of derivation: StorePath) -> [(path: String, format: CompressionFormat)] {
        let name = derivation.baseName
        let path = "\(logs)/drvs/\(name.prefix(2))/\(name.dropFirst(2))"
        return [(path + ".bz2", .bzip2), (path, .none)]
    }
}

import ArgumentParser
import CacheClient
import CacheCore
import NarKit

/// What a user may call a closure.
enum ClosureArgument {
    static let help = ArgumentHelp(
        "A store path or a link to one, its name in the store, its hash, or its narinfo.", valueName: "closure")

    /// The key of the closure's top narinfo.
    ///
    /// - Throws: ``ClientError`` when the text means no store path.
    static func key(_ text: String, in directories: NixDirectories) throws(ClientError) -> String {
        let suffix = ".narinfo"
        let hash = text.hasSuffix(suffix) ? String(text.dropLast(suffix.count)) : text
        let key = ObjectKey.narinfo(hashPart: hash)
        if ObjectKey(validating: key) != nil { return key }
        if let path = try? StorePath(baseName: text) { return ObjectKey.narinfo(hashPart: path.hashPart) }
        return ObjectKey.narinfo(hashPart: try directories.storePath(ofArgument: text).hashPart)
    }
}

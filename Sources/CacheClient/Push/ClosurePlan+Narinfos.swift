internal import CacheCore
internal import NarKit

extension ClosurePlan.Path {
    /// The fields of the path's narinfo, as the server signs and publishes them.
    func signNarInfo(in directory: StoreDirectory) -> SignNarInfo {
        SignNarInfo(
            storePath: info.storePath.path(in: directory), url: narKey, compression: CompressionFormat.zstd.rawValue,
            narHash: info.narHash.description, narSize: info.narSize,
            references: info.references.map { $0.path(in: directory) },
            deriver: info.deriver?.path(in: directory),
            signatures: info.signatures.isEmpty ? nil : info.signatures.map(\.description),
            ca: info.contentAddress?.description)
    }

    /// The path's narinfo, for a server that leaves it to us to write it.
    ///
    /// - Parameters:
    ///   - directory: The store directory.
    ///   - signatures: The server's signatures; ones that do not parse are left out.
    func narInfo(in directory: StoreDirectory, signatures: [String]) -> NarInfo {
        let added = signatures.compactMap { try? Signature(parsing: $0) }
        let names = Set(added.map(\.keyName))
        return NarInfo(
            storePath: info.storePath, storeDirectory: directory, url: narKey,
            compression: CompressionFormat.zstd.rawValue, narHash: info.narHash, narSize: info.narSize,
            references: info.references, deriver: info.deriver,
            signatures: info.signatures.filter { !names.contains($0.keyName) } + added,
            contentAddress: info.contentAddress)
    }
}

extension ClosurePlan {
    /// The paths in groups so that what a path refers to is in an earlier group, or in a cycle with it.
    ///
    /// - Parameter keys: The narinfos to be ordered.
    func layers(of keys: Set<String>) -> [[Path]] {
        let indices = Dictionary(
            paths.indices.map { (paths[$0].info.storePath, $0) }, uniquingKeysWith: { first, _ in first })
        var depths = [Int](repeating: -1, count: paths.count)
        var isOnStack = [Bool](repeating: false, count: paths.count)
        // A walk without recursion: a closure may be as deep as it is large.
        for start in paths.indices where depths[start] < 0 {
            var stack = [(index: start, next: 0)]
            depths[start] = 0
            isOnStack[start] = true
            while let top = stack.last {
                let references = paths[top.index].info.references
                guard top.next < references.count else {
                    stack.removeLast()
                    isOnStack[top.index] = false
                    if let parent = stack.last {
                        depths[parent.index] = max(depths[parent.index], depths[top.index] + 1)
                    }
                    continue
                }
                stack[stack.count - 1].next += 1
                guard let index = indices[references[top.next]], index != top.index else { continue }
                if depths[index] < 0 {
                    depths[index] = 0
                    isOnStack[index] = true
                    stack.append((index, 0))
                } else if !isOnStack[index] {
                    depths[top.index] = max(depths[top.index], depths[index] + 1)
                }
            }
        }
        let wanted = paths.indices.filter { keys.contains(paths[$0].narinfoKey) }
        return Dictionary(grouping: wanted) { depths[$0] }.sorted { $0.key < $1.key }.map { $0.value.map { paths[$0] } }
    }
}

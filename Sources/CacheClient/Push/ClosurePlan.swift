internal import CacheCore
internal import NarKit

/// Which objects a closure consists of, as the server is told.
struct ClosurePlan: Sendable {
    /// A store path and the keys of its objects.
    struct Path: Sendable {
        var info: PathInfo
        var narinfoKey: String
        var narKey: String
        var listingKey: String
        var buildLogKey: String?
        var realisationKeys: [String]
    }

    /// The keys of the top narinfos, in the order in which the paths were named, each once.
    let roots: [String]
    /// The paths, sorted.
    let paths: [Path]
    /// The narinfos that are referred to and left out on purpose.
    private(set) var external: Set<String> = []
    /// The realisations by key.
    let realisations: [String: Realisation]
    /// The files of the build logs by key.
    let buildLogs: [String: BuildLogFile]

    /// Plans a closure.
    ///
    /// - Parameters:
    ///   - roots: The paths that were named.
    ///   - closure: Their closure, sorted.
    ///   - realisations: The realisations of its content-addressed paths.
    ///   - buildLogs: The files of the build logs, by derivation.
    init(
        roots: [StorePath], closure: [PathInfo], realisations: [Realisation] = [],
        buildLogs: [StorePath: BuildLogFile] = [:]
    ) {
        var realisationKeys: [StorePath: [String]] = [:]
        for realisation in realisations {
            realisationKeys[realisation.outPath, default: []].append(realisation.id.objectKey)
        }
        var seen: Set<StorePath> = []
        self.roots = roots.filter { seen.insert($0).inserted }.map(Self.narinfoKey)
        var logs: [String: BuildLogFile] = [:]
        paths = closure.map { info in
            var logKey: String?
            if let deriver = info.deriver, let file = buildLogs[deriver] {
                let key = "log/\(deriver.baseName)"
                if ObjectKey(validating: key) != nil {
                    logKey = key
                    logs[key] = file
                }
            }
            return Path(
                info: info, narinfoKey: Self.narinfoKey(of: info.storePath),
                narKey: "nar/\(info.narHash.nix32).nar.zst", listingKey: "\(info.storePath.hashPart).ls",
                buildLogKey: logKey, realisationKeys: (realisationKeys[info.storePath] ?? []).sorted())
        }
        self.buildLogs = logs
        self.realisations = Dictionary(
            realisations.map { ($0.id.objectKey, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private init(
        roots: [String], paths: [Path], realisations: [String: Realisation], buildLogs: [String: BuildLogFile],
        external: Set<String>
    ) {
        self.external = external
        self.roots = roots
        self.paths = paths
        self.realisations = realisations
        self.buildLogs = buildLogs
    }

    static func narinfoKey(of path: StorePath) -> String { ObjectKey.narinfo(hashPart: path.hashPart) }

    /// The sum of the sizes of the NARs, in bytes.
    var narBytes: UInt64 { paths.reduce(0) { $0 + $1.info.narSize } }

    /// What the server is told: each object once, path by path.
    var objects: [UploadObject] {
        var objects: [UploadObject] = []
        var listed: Set<String> = []
        for path in paths {
            let references = path.info.references.filter { $0 != path.info.storePath }.map(Self.narinfoKey)
            objects.append(
                UploadObject(
                    key: path.narinfoKey, type: .narinfo,
                    refs: [path.narKey, path.listingKey] + references + path.realisationKeys))
            if listed.insert(path.narKey).inserted {
                objects.append(
                    UploadObject(key: path.narKey, type: .nar, narSize: Int64(clamping: path.info.narSize)))
            }
            objects.append(UploadObject(key: path.listingKey, type: .listing))
            for key in path.realisationKeys where listed.insert(key).inserted {
                objects.append(UploadObject(key: key, type: .realisation))
            }
            if let key = path.buildLogKey, listed.insert(key).inserted {
                objects.append(UploadObject(key: key, type: .buildLog))
            }
        }
        return objects
    }

    /// The part of the plan that some roots need.
    ///
    /// - Parameters:
    ///   - roots: Keys of narinfos of this plan.
    ///   - present: Keys of narinfos whose closures the server has, which are left out.
    func restricted(to roots: [String], without present: Set<String> = []) -> ClosurePlan {
        let byKey = Dictionary(paths.map { ($0.narinfoKey, $0) }, uniquingKeysWith: { first, _ in first })
        var open = roots.filter { !present.contains($0) }
        var reached = Set(open)
        while let key = open.popLast() {
            for reference in byKey[key]?.info.references ?? [] {
                let next = Self.narinfoKey(of: reference)
                if !present.contains(next), reached.insert(next).inserted { open.append(next) }
            }
        }
        let paths = paths.filter { reached.contains($0.narinfoKey) }
        let keys = Set(paths.flatMap(\.realisationKeys))
        let logs = Set(paths.compactMap(\.buildLogKey))
        return ClosurePlan(
            roots: roots.filter { !present.contains($0) }, paths: paths,
            realisations: realisations.filter { keys.contains($0.key) },
            buildLogs: buildLogs.filter { logs.contains($0.key) }, external: external)
    }

    /// The plan without some narinfos, and without what only they refer to; they count as left out on purpose.
    func leavingOut(_ keys: Set<String>) -> ClosurePlan {
        var plan = restricted(to: roots, without: keys)
        plan.external.formUnion(keys)
        return plan
    }

    /// The plan whose references to what it does not hold count as left out on purpose.
    var declaringReferencesExternal: ClosurePlan {
        var plan = self
        plan.external.formUnion(paths.flatMap { $0.info.references.map(Self.narinfoKey) })
        return plan
    }

    /// What is referred to and left out on purpose, for the server.
    var externalReferences: [String] {
        guard !external.isEmpty else { return [] }
        let listed = Set(paths.map(\.narinfoKey))
        let references = paths.lazy.flatMap { $0.info.references.map(Self.narinfoKey) }
        return Set(references.filter { !listed.contains($0) && external.contains($0) }).sorted()
    }
}

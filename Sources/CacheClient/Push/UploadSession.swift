internal import CacheCore
internal import NarKit

/// One upload, from the answer to its creation to its completion.
struct UploadSession: Sendable {
    let plan: ClosurePlan
    let family: UploadFamily
    let response: CreateUploadResponse
    let context: UploadContext

    func run() async throws(ClientError) {
        let narUploads = narUploads()
        let newKeys = plan.paths.lazy.map(\.narinfoKey).filter { response.pendingObjects[$0] != nil }
        let sent = narUploads.filter { $0.destination != nil }
        context.monitor.noteNew(newKeys)
        context.monitor.note(
            .compared(newPaths: newKeys.count, nars: sent.count, narBytes: sent.reduce(0) { $0 + $1.info.narSize }))
        // More than can send at once, so that something is read and compressed while others are sent.
        let limit = context.options.maximumConcurrentUploads + context.options.processors
        try await forEachConcurrently(narUploads, limit: limit) { upload throws(ClientError) in try await upload.run() }
        let logs = plan.buildLogs.sorted { $0.key < $1.key }.compactMap { key, file in
            response.pendingObjects[key]?.presignedURL.map { (file: file, key: key, url: $0) }
        }
        try await forEachConcurrently(logs, limit: context.options.processors) { log throws(ClientError) in
            try await send(log.file, key: log.key, to: log.url)
        }
        try await publish()
        if context.options.signsRoots { try await signCachedRoots() }
        try await context.api.complete(upload: response.id, family: family)
    }

    /// The NARs that have to be read, largest first.
    private func narUploads() -> [NarUpload] {
        var groups: [String: [ClosurePlan.Path]] = [:]
        for path in plan.paths { groups[path.narKey, default: []].append(path) }
        let wanted = groups.compactMap { key, paths in
            let listings = paths.compactMap { path in
                response.pendingObjects[path.listingKey]?.presignedURL.map { (key: path.listingKey, url: $0) }
            }
            let destination = response.pendingObjects[key]
            return destination == nil && listings.isEmpty ? nil : (key: key, paths[0].info, destination, listings)
        }
        .sorted { ($1.1.narSize, $0.key) < ($0.1.narSize, $1.key) }
        let total = wanted.reduce(0) { $0 + ($1.2 == nil ? 0 : $1.1.narSize) }
        return wanted.map { key, info, destination, listings in
            NarUpload(
                info: info, key: key, destination: destination, listings: listings,
                isDominant: info.narSize > Self.dominantSize && info.narSize > total / 2, context: context)
        }
    }

    /// From this size on, a NAR that is larger than all others together has all processors.
    private static let dominantSize: UInt64 = 16 << 20

    private func send(_ file: BuildLogFile, key: String, to url: String) async throws(ClientError) {
        let memory = try await context.resources.memory.acquire(BuildLogFile.sizeLimit)
        defer { context.resources.memory.release(memory) }
        let bytes: [UInt8]
        do throws(ClientError) {
            guard let compressed = try await file.compressed() else { return }
            bytes = compressed
        } catch  where error.code != .cancelled {
            // The path is good without its log.
            context.monitor.note(.warning("\(key) was left out: \(error.message)"))
            return
        }
        try await context.resources.requests.withUnits(1) { () throws(ClientError) in
            _ = try await context.api.put(bytes, to: url, key: key, as: .buildLog)
            context.monitor.note(.sent(UInt64(bytes.count)))
        }
    }

    // MARK: - Publishing

    private func publish() async throws(ClientError) {
        let paths = plan.paths.filter { response.pendingObjects[$0.narinfoKey] != nil }
        let realisations = plan.realisations.filter { response.pendingObjects[$0.key] != nil }
        guard !paths.isEmpty || !realisations.isEmpty else { return }
        let narinfos = paths.map { ($0.narinfoKey, $0.signNarInfo(in: context.directory)) }
        let answer = try await context.api.sign(
            SignRequest(
                narinfos: Dictionary(narinfos, uniquingKeysWith: { first, _ in first }), publish: true,
                realisations: realisations.mapValues { $0.serialized() }),
            upload: response.id, family: family)
        noteSignatures(answer)
        guard answer.publishedByServer != true else { return }
        for layer in plan.layers(of: Set(paths.map(\.narinfoKey))) {
            try await put(
                layer.map { path in
                    let narInfo = path.narInfo(
                        in: context.directory, signatures: answer.signatures[path.narinfoKey] ?? [])
                    return (path.narinfoKey, narInfo.serialized())
                }, as: .narinfo)
        }
        for layer in Self.layers(of: realisations) {
            try await put(layer.map { ($0, realisations[$0]?.serialized() ?? "") }, as: .realisation)
        }
    }

    /// Asks for the signatures of roots that the cache has already.
    private func signCachedRoots() async throws(ClientError) {
        let roots = Set(plan.roots)
        let cached = plan.paths.filter {
            roots.contains($0.narinfoKey) && response.pendingObjects[$0.narinfoKey] == nil
        }
        guard !cached.isEmpty else { return }
        let narinfos = cached.map { ($0.narinfoKey, $0.signNarInfo(in: context.directory)) }
        noteSignatures(
            try await context.api.sign(
                SignRequest(narinfos: Dictionary(narinfos, uniquingKeysWith: { first, _ in first })),
                upload: response.id, family: family))
    }

    private func noteSignatures(_ answer: SignResponse) {
        guard context.options.signsRoots else { return }
        let roots = Set(plan.roots)
        for path in plan.paths where roots.contains(path.narinfoKey) {
            guard let signatures = answer.signatures[path.narinfoKey] else { continue }
            context.monitor.note(signatures: signatures, of: path.info.storePath)
        }
    }

    private func put(_ texts: [(key: String, text: String)], as kind: StorageUpload) async throws(ClientError) {
        try await forEachConcurrently(texts, limit: context.options.maximumConcurrentUploads) {
            text throws(ClientError) in
            guard let url = response.pendingObjects[text.key]?.presignedURL else {
                throw ClientError(
                    .serverFailure,
                    "\(context.api.server) gave no address for \(text.key): this is a fault of the server.")
            }
            try await context.resources.requests.withUnits(1) { () throws(ClientError) in
                let bytes = Array(text.text.utf8)
                _ = try await context.api.put(bytes, to: url, key: text.key, as: kind)
                context.monitor.note(.sent(UInt64(bytes.count)))
            }
        }
    }

    /// The keys of realisations, those that others depend on first.
    static func layers(of realisations: [String: Realisation]) -> [[String]] {
        let keys = Dictionary(
            realisations.map { ($0.value.id.description, $0.key) }, uniquingKeysWith: { first, _ in first })
        var rest = realisations
        var layers: [[String]] = []
        while !rest.isEmpty {
            let ready = rest.filter { key, realisation in
                realisation.dependentRealisations.keys.allSatisfy { id in
                    guard let dependency = keys[id] else { return true }
                    return dependency == key || rest[dependency] == nil
                }
            }
            // Realisations cannot depend on each other in a circle; if some do, their order does not matter.
            let layer = ready.isEmpty ? rest : ready
            layers.append(layer.keys.sorted())
            for key in layer.keys { rest[key] = nil }
        }
        return layers
    }
}

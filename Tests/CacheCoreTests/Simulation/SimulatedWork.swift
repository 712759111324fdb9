import CacheCore
import NarKit

/// What the processes of a simulation do: clients with the server that answers them, and servers by themselves.
extension Simulation {
    /// Packages that share parts, each as two builds of the same path gave it: with other content, and in part with other
    /// references.
    static let packages: [[TestPackage]] = (0..<2).map { build in
        let base = TestPackage("base", content: "base \(build)")
        let library = TestPackage("library", [base], content: "library \(build)", refersToItself: true)
        let tool = TestPackage(
            "tool", build == 0 ? [base, library] : [library], content: "tool \(build)", log: true, realised: build == 0)
        // Large enough to be sent in parts.
        let archive = TestPackage("archive", build == 0 ? [] : [base], content: "archive \(build)", narSize: 30 << 20)
        return [base, library, tool, archive]
    }

    /// Does something to its end, or to that of the process.
    func perform(_ work: Work, _ process: SimulatedProcess) async {
        do {
            switch work {
            case .push(let package, let build, let style):
                try await push(Simulation.packages[build][package], style, process)
            case .complete(let nth):
                guard let id = upload(nth) else { break }
                try await server(process).complete(id)
            case .collect(let olderThan, let failedUploadsOlderThan, let isForced):
                try await collect(
                    GCParameters(
                        olderThan: olderThan, failedUploadsOlderThan: failedUploadsOlderThan, force: isForced), process)
            case .resume: await server(process).resume()
            case .drop(let seconds): _ = try await server(process).dropUploads(olderThan: .seconds(seconds))
            case .touch:
                try await process.clientStep("present", "")
                _ = try await server(process).present(Simulation.packages[0].map(\.key))
            case .pin(let package):
                try await process.clientStep("pin", "name")
                try await pins.set("name", storePath: Simulation.packages[0][package].storePath)
            case .unpin:
                try await process.clientStep("unpin", "name")
                try await pins.remove("name")
            case .pull(let package, let build, let partSize):
                try await pull(Simulation.packages[build][package], partSize: partSize, process)
            }
        } catch let error as CacheError {
            // Refusals and failures are part of life; a fault of ours is not.
            if error.code == .internal, !process.isDead { fail("process \(process.number): \(error)") }
        } catch is ObjectStoreError {
            // The client met a failure of the bucket and gave up.
        } catch {
            if !(error is LifecycleStopped) { fail("process \(process.number): \(error)") }
        }
    }

    private func server(_ process: SimulatedProcess) -> UploadService {
        fixture.replica(hook: process) { settings in
            // One thing at a time, so that the order of calls is the simulation's choice.
            settings.storeConcurrency = 1
            settings.times.busyWait = .seconds(20)
            settings.times.busyPoll = .seconds(5)
        }
    }

    private func collect(_ parameters: GCParameters, _ process: SimulatedProcess) async throws {
        let collections = CollectionService(
            metadata: fixture.store, uploads: server(process), pins: pins,
            settings: CollectionSettings(condemnBatch: 3, sweepBatch: 3, heartbeatInterval: .seconds(86_400)),
            hook: process, logger: CacheFixture.logger)
        note(ages: parameters, of: process.number)
        let status = try await collections.collect(parameters)
        if status.state == .failed, status.error?.contains("internal") == true { fail("\(status)") }
    }

    private func push(_ package: TestPackage, _ style: PushStyle, _ process: SimulatedProcess) async throws {
        let service = server(process)
        let packages = style.isPartial ? [package] : package.closure
        let created = try await service.create(
            CreateUploadRequest(
                closure: package.key, objects: packages.flatMap(\.objects), verifyS3: style.verifies),
            origin: CacheFixture.origin)
        note(upload: created.id)
        for sent in packages {
            for (key, bytes) in [
                (sent.narKey, sent.nar), (sent.listingKey, Array("{}".utf8)), (sent.logKey, Array("log".utf8)),
            ] {
                guard let place = created.pendingObjects[key] else { continue }
                try await send(bytes, key, to: place, style, service, process)
            }
        }
        if mutator?.mutation == .clientsWriteNarInfos {
            for sent in packages where created.pendingObjects[sent.key] != nil {
                try await process.clientStep("put", sent.key)
                fixture.bucket[sent.key] = ModelObjectStore.Stored(bytes: Array(sent.narInfoText().utf8))
            }
        }
        if style.stages {
            for sent in packages {
                guard let url = created.pendingObjects[sent.key]?.presignedURL else { continue }
                try await put(Array(sent.narInfoText().utf8), sent.key, to: url, process)
            }
        } else {
            _ = try await service.sign(created.id, signRequest(packages, created))
        }
        try await service.complete(created.id)
        noteCompleted(package.key, narInfos: packages.map(\.key), by: created.id)
    }

    private func pull(_ package: TestPackage, partSize: Int, _ process: SimulatedProcess) async throws {
        guard let key = ObjectKey(validating: package.key) else { return }
        let pulled = try PulledNarInfo(
            Array(package.narInfoText().utf8), key: key, storeDirectory: .standard)
        let service = PullService(uploads: server(process), partSize: partSize)
        guard var upload = try await service.begin(pulled) else { return }
        let id = upload.upload
        do {
            try await process.clientStep("receive", package.narKey)
            try await upload.append(package.nar)
            try await upload.finish()
        } catch {
            await upload.abandon()
            throw error
        }
        noteCompleted(package.key, narInfos: [package.key], by: "\(id)")
    }

    private func signRequest(_ packages: [TestPackage], _ created: CreateUploadResponse) -> SignRequest {
        var realisations: [String: String] = [:]
        for package in packages {
            guard let key = package.realisationKey, created.pendingObjects[key] != nil else { continue }
            realisations[key] = package.realisationText
        }
        let pending = packages.filter { created.pendingObjects[$0.key] != nil }
        return SignRequest(
            narinfos: Dictionary(uniqueKeysWithValues: pending.map { ($0.key, $0.narInfoFields) }), publish: true,
            realisations: realisations)
    }

    private func send(
        _ bytes: [UInt8], _ key: String, to place: PendingObject, _ style: PushStyle, _ service: UploadService,
        _ process: SimulatedProcess
    ) async throws {
        if let url = place.presignedURL {
            try await put(bytes, key, to: url, process)
            if style.registers { try await service.uploadCompleted(key) }
        } else if let multipart = place.multipart {
            try await process.clientStep("putPart", key)
            let etag = try fixture.bucket.clientPut(bytes, to: multipart.partURLs[0])
            do throws(CacheError) {
                try await service.completeMultipart(
                    CompleteMultipartRequest(
                        objectKey: key, uploadID: multipart.uploadID, parts: [.init(partNumber: 1, etag: etag)]))
            } catch {
                // A peer may have been faster.
                guard error.code == .notFound, try await service.objectExists(key) else { throw error }
            }
        }
    }

    private func put(_ bytes: [UInt8], _ key: String, to url: String, _ process: SimulatedProcess) async throws {
        try await process.clientStep("put", key)
        switch takeFault() {
        case .before: throw ObjectStoreError(.unavailable, "The client's request failed.")
        case .late:
            // The client does not wait for the answer, and says that all is well.
            do { try fixture.bucket.clientPut(bytes, to: url, isLate: true) } catch let error as ObjectStoreError {
                guard error.code == .unavailable else { throw error }
            }
        case .after, nil: try fixture.bucket.clientPut(bytes, to: url)
        }
    }
}

import Synchronization

extension UploadService {
    /// How many objects are made busy in one transaction.
    private static let leaseBatch = 256
    /// How often a write is repeated before the upload is left to a later call.
    private static let attempts = 5

    /// Writes what an upload has to publish and commits it, once the store has answered for each.
    /// - Throws: ``CacheError`` when it could not be finished; the upload stays publishing, and whoever comes next goes on.
    func publishAndCommit(_ items: [PublishItem], upload: UploadID) async throws(CacheError) {
        publishing.withLock { _ = $0.insert(upload) }
        defer { publishing.withLock { _ = $0.remove(upload) } }
        var items = items
        for _ in 0..<3 {
            let published = try await publish(items, upload: upload)
            if try await metadata.commit(upload, published: published) { return }
            // Something was neither live nor written here: look again what there is to do.
            let request = CompletionRequest(
                upload: upload, arrivals: [], requiresCompleteClosures: settings.requireCompleteClosures)
            switch try await metadata.decide(request) {
            case .publishing(let rest): items = rest
            case .completed: return
            case .unknown, .refused: throw .noUpload(upload)
            }
        }
        throw CacheError(.unavailable, "The upload \(upload) is not published yet; complete it again.")
    }

    /// What came of writing one object.
    private struct Written: Sendable {
        var id: ObjectID
        /// Of the write that was answered; nil when the object became live meanwhile.
        var period: BusyPeriod?
        var failure: CacheError?
    }

    /// A write that may be done under a lease.
    private struct Write: Sendable {
        var item: PublishItem
        var text: [UInt8]
        var lease: Lease
        var period: BusyPeriod
    }

    /// Writes objects, each as soon as what it refers to is there.
    /// - Returns: what was written here, with a certain answer of the store.
    private func publish(_ items: [PublishItem], upload: UploadID) async throws(CacheError) -> [ObjectID: BusyPeriod] {
        var order = PublishOrder(items)
        var published: [ObjectID: BusyPeriod] = [:]
        var failure: CacheError?
        await withTaskGroup(of: Written.self) { group in
            var writes: [Write] = []
            var inFlight = 0
            while true {
                if writes.isEmpty, order.hasReady, failure == nil {
                    do throws(CacheError) {
                        guard let leased = try await lease(&order, upload: upload) else { break }
                        writes = leased
                    } catch {
                        failure = error
                    }
                }
                while failure == nil, inFlight < settings.storeConcurrency, let write = writes.popLast() {
                    inFlight += 1
                    group.addTask { await self.outcome(of: write, upload: upload) }
                }
                guard inFlight > 0 else {
                    if failure == nil, order.hasReady { continue }
                    break
                }
                guard let outcome = await group.next() else { break }
                inFlight -= 1
                if let error = outcome.failure {
                    failure = failure ?? error
                } else {
                    published[outcome.id] = outcome.period
                    order.finish(outcome.id)
                }
            }
        }
        if let failure { throw failure }
        return published
    }

    /// Makes the objects busy that can be written now.
    /// - Returns: the writes; what became live meanwhile is done without one. Nil when the upload is not publishing.
    private func lease(_ order: inout PublishOrder, upload: UploadID) async throws(CacheError) -> [Write]? {
        let items = order.takeReady(UploadService.leaseBatch)
        let leave = try await metadata.renewBusy(items.map(\.id), upload: upload, busyPeriod: times.busyPeriod)
        guard let leave else { return nil }
        let lease = Lease(signedAt: leave.instant, times: times)
        var writes: [Write] = []
        for item in items.reversed() {
            if let text = leave.texts[item.id], let period = leave.periods[item.id] {
                writes.append(Write(item: item, text: text, lease: lease, period: period))
            } else {
                order.finish(item.id)
            }
        }
        return writes
    }

    private func outcome(of write: Write, upload: UploadID) async -> Written {
        var outcome = Written(id: write.item.id)
        do throws(CacheError) {
            outcome.period = try await self.write(write, upload: upload)
        } catch {
            outcome.failure = error
        }
        return outcome
    }

    /// Writes one object, again until the store answers for certain; each time under a new lease.
    /// - Returns: the busy period of the write that was answered; nil when the object became live meanwhile.
    private func write(_ first: Write, upload: UploadID) async throws(CacheError) -> BusyPeriod? {
        var write = first
        var delay = Duration.milliseconds(100)
        var attempt = 1
        while let error = await failure(of: write) {
            guard error.isRetryable, attempt < UploadService.attempts else { throw CacheError(error) }
            attempt += 1
            try await pause(for: delay)
            delay *= 2
            let leave = try await metadata.renewBusy(
                [write.item.id], upload: upload, busyPeriod: times.busyPeriod)
            guard let leave, let text = leave.texts[write.item.id], let period = leave.periods[write.item.id] else {
                return nil
            }
            write.text = text
            write.lease = Lease(signedAt: leave.instant, times: times)
            write.period = period
        }
        return write.period
    }

    /// Tries a write once.
    /// - Returns: why it did not succeed; nil when it did.
    private func failure(of write: Write) async -> ObjectStoreError? {
        do throws(ObjectStoreError) {
            try await objects.put(
                write.text, to: write.item.key.text, contentType: write.item.key.contentType, contentEncoding: nil,
                lease: write.lease)
            return nil
        } catch {
            return error
        }
    }
}

extension ObjectKey {
    /// The Content-Type the server writes an object with.
    public var contentType: String {
        switch type {
        case .narinfo: "text/x-nix-narinfo"
        case .nar: "application/x-nix-nar"
        case .listing, .realisation: "application/json"
        case .buildLog: "text/plain; charset=utf-8"
        }
    }
}

import Logging

extension CollectionService {
    /// Does a run from its first step to its end, with a heartbeat beside it.
    func perform(_ job: Job) async {
        let progress = CollectionProgress()
        let start = ContinuousClock.now
        let end = await withTaskGroup(of: CollectionEnd?.self) { group in
            group.addTask {
                await self.beat(job.run, progress)
                return nil
            }
            let end = await self.end(of: job, progress)
            group.cancelAll()
            return end
        }
        guard let end else {
            logger.warning("a collection was taken over by another server", metadata: ["run": "\(job.run)"])
            return
        }
        let duration = ContinuousClock.now - start
        do throws(CacheError) {
            guard try await metadata.endCollection(job.run, end, statistics: progress.statistics) else { return }
            onEnd(CollectionReport(end: end, statistics: progress.statistics, duration: duration))
            log(end, job.run, progress.statistics)
        } catch {
            logger.error("the end of a collection is not recorded", metadata: ["error": "\(error)"])
        }
    }

    private func log(_ end: CollectionEnd, _ run: CollectionRun, _ statistics: GCStatistics) {
        let counts: Logger.Metadata = [
            "run": "\(run)", "uploads": "\(statistics.failedUploadsDeleted)",
            "closures": "\(statistics.oldClosuresDeleted)", "marked": "\(statistics.objectsMarkedForDeletion)",
            "deleted": "\(statistics.objectsDeletedAfterGracePeriod)", "failed": "\(statistics.objectsFailedToDelete)",
        ]
        switch end {
        case .succeeded: logger.notice("a collection is done", metadata: counts)
        case .failed(let reason): logger.error("a collection failed: \(reason)", metadata: counts)
        }
    }

    /// Gives signs of life until it is cancelled.
    private func beat(_ run: CollectionRun, _ progress: CollectionProgress) async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: settings.heartbeatInterval) } catch { return }
            do throws(CacheError) {
                guard
                    try await metadata.reportCollection(
                        run, phase: progress.phase, statistics: progress.statistics)
                else { return }
            } catch {
                logger.debug("a heartbeat of a collection failed", metadata: ["error": "\(error)"])
            }
        }
    }

    /// - Returns: nil when the run was taken over.
    private func end(of job: Job, _ progress: CollectionProgress) async -> CollectionEnd? {
        do throws(CollectionStop) {
            try await finishUploads(job, progress)
            try await expireClosures(job, progress)
            try await condemn(job, progress)
            try await sweep(job, progress)
            await pins?.repair()
            await vacuum(progress)
            return .succeeded
        } catch {
            switch error {
            case .takenOver: return nil
            case .failed(let error): return .failed(error.message)
            }
        }
    }

    /// Ends between two steps when the server stops.
    func checkStopping() throws(CollectionStop) {
        if isStopping { throw .failed(CollectionService.stopped) }
    }

    private func enter(
        _ phase: CollectionPhase, _ job: Job, _ progress: CollectionProgress
    ) async throws(CollectionStop) {
        try checkStopping()
        progress.enter(phase)
        try await step { () throws(CacheError) in
            try await metadata.reportCollection(job.run, phase: phase, statistics: progress.statistics) ? () : nil
        }
    }

    /// Finishes what is publishing and gives up what is open for too long.
    private func finishUploads(_ job: Job, _ progress: CollectionProgress) async throws(CollectionStop) {
        try await enter(.cleanUpUploads, job, progress)
        await uploads.resume()
        let dropped = try await step { () throws(CacheError) in
            try await uploads.dropUploads(olderThan: job.limits.failedUploadsOlderThan)
        }
        progress.add(dropped, to: \.failedUploadsDeleted)
        await abortUnregistered()
    }

    /// Deletes the closures that are too old.
    private func expireClosures(_ job: Job, _ progress: CollectionProgress) async throws(CollectionStop) {
        try await enter(.cleanUpClosures, job, progress)
        while true {
            try checkStopping()
            let count = try await step { () throws(CacheError) in
                try await metadata.expireClosures(olderThan: job.limits.olderThan, limit: 1000, run: job.run)
            }
            progress.add(count, to: \.oldClosuresDeleted)
            if count == 0 { return }
        }
    }

    /// Plans, condemns by the plan, and ends collecting.
    private func condemn(_ job: Job, _ progress: CollectionProgress) async throws(CollectionStop) {
        try await enter(.cleanUpObjects, job, progress)
        let limits = PlanLimits(grace: job.limits.grace, force: job.limits.force)
        let planner = try await step { () throws(CacheError) in
            try await metadata.loadPlan(limits, run: job.run)
        }
        let plan = planner.plan()
        try await revive(plan, job)
        var batch: [ObjectID] = []
        for id in plan.condemnable {
            batch.append(id)
            if batch.count >= settings.condemnBatch {
                try await condemn(batch, job, progress)
                batch = []
            }
        }
        if !batch.isEmpty { try await condemn(batch, job, progress) }
        try await step { () throws(CacheError) in try await metadata.endCollecting(job.run) ? () : nil }
        // The claims of uploads that completed meanwhile, which they left to this run.
        await uploads.cleanUp()
    }

    private func condemn(
        _ batch: [ObjectID], _ job: Job, _ progress: CollectionProgress
    ) async throws(CollectionStop) {
        try checkStopping()
        let count = try await step { () throws(CacheError) in
            try await metadata.condemn(batch, force: job.limits.force, run: job.run)
        }
        progress.add(count, to: \.objectsMarkedForDeletion)
    }

    /// Repairs what no rule of ours allows to come about.
    private func revive(_ plan: GCPlan, _ job: Job) async throws(CollectionStop) {
        if plan.danglingReferences > 0 {
            logger.error("objects refer to rows that are gone", metadata: ["count": "\(plan.danglingReferences)"])
        }
        for batch in Array(plan.reachableCondemned).chunked(settings.condemnBatch) {
            let count = try await step { () throws(CacheError) in
                try await metadata.revive(Array(batch), run: job.run)
            }
            logger.error("condemned objects are reachable and were made live", metadata: ["count": "\(count)"])
        }
    }

    private func vacuum(_ progress: CollectionProgress) async {
        progress.enter(.vacuum)
        do throws(CacheError) { try await metadata.vacuum() } catch {
            logger.warning("the database could not be tidied up", metadata: ["error": "\(error)"])
        }
    }
}

extension CollectionService {
    /// How many objects and closures a plan names.
    private static let listed = 10

    /// Says what a collection would do now. Nothing is changed.
    /// - Throws: ``CacheError`` of code `invalidRequest` for durations that cannot be used.
    public func plan(_ parameters: GCParameters) async throws(CacheError) -> GCPlanResponse {
        let limits = try CollectionLimits(parameters)
        let planLimits = PlanLimits(
            closureAge: limits.olderThan, uploadAge: limits.failedUploadsOlderThan, grace: limits.grace,
            force: limits.force)
        guard let planner = try await metadata.loadPlan(planLimits, run: nil) else {
            throw CacheError(.internal, "The plan could not be made; try again.")
        }
        let plan = planner.plan()
        let largest = plan.largestUnreachable(CollectionService.listed)
        let oldest = plan.expiredClosures.prefix(CollectionService.listed)
        let keys = try await metadata.keys(of: largest.map(\.id) + oldest.map(\.object))
        return GCPlanResponse(
            stats: GCStatistics(
                failedUploadsDeleted: Int64(plan.droppedUploads), oldClosuresDeleted: Int64(plan.expiredClosures.count),
                objectsMarkedForDeletion: Int64(plan.condemnable.count),
                objectsDeletedAfterGracePeriod: Int64(plan.sweepable.count)),
            bytes: plan.unreachable.bytes,
            largest: largest.compactMap { entry in
                keys[entry.id].map { GCPlanResponse.Object(key: $0, size: entry.size) }
            },
            oldest: oldest.compactMap { closure in
                keys[closure.object].map { GCPlanResponse.Closure(id: $0, updatedAt: closure.updatedAt) }
            })
    }
}

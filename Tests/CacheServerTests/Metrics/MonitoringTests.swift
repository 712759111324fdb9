import Testing

@testable import CacheServer

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What is in packaging/monitoring.
@Suite struct MonitoringTests {
    private static let directory =
        #filePath.dropLast("Tests/CacheServerTests/Metrics/MonitoringTests.swift".count) + "packaging/monitoring"

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: Self.directory + "/" + name, encoding: .utf8)
    }

    @Test func configuration() async throws {
        #expect(try await Promtool.complaints(["check", "config", Self.directory + "/prometheus.yml"]) == "")
    }

    @Test func alerts() async throws {
        #expect(try await Promtool.complaints(["check", "rules", Self.directory + "/alerts.yml"]) == "")
        #expect(try await Promtool.complaints(["test", "rules", Self.directory + "/alerts.test.yml"]) == "")
    }

    @Test func everyAlertIsTested() throws {
        let tests = try text("alerts.test.yml")
        let alerts = try text("alerts.yml").matches(of: /- alert: (\w+)/).map { String($0.output.1) }
        #expect(alerts.count >= 10)
        for alert in alerts { #expect(tests.contains("alertname: \(alert)\n"), "\(alert) is not tested") }
    }

    @Test(arguments: ["alerts.yml", "dashboard.json"])
    func metricsExist(file: String) async throws {
        let process = await ProcessMetrics().metrics().map(\.name)
        let known = Set(process).union(MetricDescription.known.keys)
        let names = Set(try text(file).matches(of: /\b(?:niks3|process)_[a-z0-9_]+/).map { String($0.output) })
        #expect(names.count > 5)
        for name in names {
            let base = name.replacing(/_(bucket|sum|count)$/, with: "")
            #expect(known.contains(name) || known.contains(base), "\(file) names \(name), which there is not")
        }
    }

    @Test func dashboard() throws {
        struct Dashboard: Decodable {
            struct Panel: Decodable {
                struct Target: Decodable { let expr: String }
                let id: Int
                let title: String
                let targets: [Target]?
            }
            let title: String
            let panels: [Panel]
        }
        let dashboard = try JSONDecoder().decode(Dashboard.self, from: Data(try text("dashboard.json").utf8))
        #expect(dashboard.title == "niks3")
        #expect(Set(dashboard.panels.map(\.id)).count == dashboard.panels.count)
        // All that is measured can be seen.
        let expressions = dashboard.panels.flatMap { $0.targets ?? [] }.map(\.expr).joined(separator: "\n")
        for name in MetricDescription.known.keys { #expect(expressions.contains(name), "\(name) is in no panel") }
    }
}

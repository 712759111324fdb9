extension S3Endpoint {
    /// The region that the host's name tells, or `nil` where it tells none.
    public var region: String? {
        if let amazon = AmazonHost(host) { return amazon.region }
        let labels = host.split(separator: ".")
        if host.hasSuffix(".r2.cloudflarestorage.com") { return "auto" }
        if host.hasSuffix(".digitaloceanspaces.com"), labels.count == 3 { return String(labels[0]) }
        if [".backblazeb2.com", ".wasabisys.com", ".scw.cloud"].contains(where: host.hasSuffix), labels.count == 4,
            labels[0] == "s3"
        {
            return String(labels[1])
        }
        return nil
    }

    /// The same bucket as another region's host has it. Only Amazon's hosts have their region in the name.
    ///
    /// - Parameter region: such as `eu-central-1`.
    func moved(to region: String) -> S3Endpoint {
        guard let amazon = AmazonHost(host), amazon.region != region else { return self }
        return S3Endpoint(
            scheme: scheme, host: amazon.host(in: region), port: port, bucket: bucket, addressing: addressing,
            basePath: basePath)
    }
}

/// A host of Amazon S3, taken apart.
///
/// Source: AWS General Reference, "Amazon Simple Storage Service endpoints and quotas".
private struct AmazonHost {
    /// `s3` or `s3-fips`, with `.dualstack` where that is asked for.
    let service: String
    /// `nil` for the host that serves all regions.
    let region: String?
    let domain: String

    init?(_ host: String) {
        guard let domain = ["amazonaws.com", "amazonaws.com.cn"].first(where: { host.hasSuffix("." + $0) }) else {
            return nil
        }
        self.domain = domain
        var labels = host.dropLast(domain.utf8.count + 1).split(separator: ".")
        guard let first = labels.first else { return nil }
        labels.removeFirst()
        // The older spelling, as in s3-eu-west-1.amazonaws.com.
        if labels.isEmpty, first.hasPrefix("s3-"), first != "s3-fips", first != "s3-accelerate" {
            service = "s3"
            region = first == "s3-external-1" ? "us-east-1" : String(first.dropFirst(3))
            return
        }
        guard first == "s3" || first == "s3-fips" else { return nil }
        let isDualStack = labels.first == "dualstack"
        if isDualStack { labels.removeFirst() }
        guard labels.count <= 1 else { return nil }
        service = first + (isDualStack ? ".dualstack" : "")
        region = labels.first.map(String.init)
    }

    func host(in region: String) -> String {
        "\(service).\(region).\(region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com")"
    }
}

using MiniRuntime.Compose.Model;
using MiniRuntime.Compose.Reading;

namespace LibNetwork.Samples.Tests.Compose;

public sealed class ReadingTests
{
    private static Stack Read(string text, params (string Name, string Value)[] variables)
        => StackReader.Read("stack.yml", text, name => variables.FirstOrDefault(variable => variable.Name == name).Value);

    private static Service ReadService(string lines) => Read($"services:\n  web:\n    image: bb\n{lines}").Services.Single();

    [Fact]
    public void A_service_has_all_that_the_file_says()
    {
        Service service = ReadService(
            """
                command: httpd -f -h '/my www'
                entrypoint: ["/bin/busybox", "env"]
                environment: { B: 2, A: true, UNSET: }
                hostname: h
                domainname: example.org
                container_name: front
                dns: 192.0.2.53
                dns_search: [a.example, b.example]
                dns_opt: ["ndots:2"]
                extra_hosts: { db.example: 192.0.2.7, six.example: "2001:db8::7" }
                labels: ["one=1", "two"]
                cap_add: [NET_ADMIN]
                cap_drop: [CHOWN]
                privileged: true
                sysctls: { net.ipv4.ip_forward: 1 }
                expose: [9000, "9001-9002/udp"]
                tty: true
                stdin_open: true
                working_dir: /www
                user: "1000:1000"
                stop_signal: SIGINT
                stop_grace_period: 1m30.5s
                x-note: anything
            """);

        Assert.Equal(["httpd", "-f", "-h", "/my www"], service.Command!);
        Assert.Equal(["/bin/busybox", "env"], service.Entrypoint!);
        Assert.Equal(["A=true", "B=2"], service.Environment);
        Assert.Equal(("h", "example.org", "front"), (service.Hostname, service.DomainName, service.ContainerName));
        Assert.Equal(["192.0.2.53"], service.Dns);
        Assert.Equal(["a.example", "b.example"], service.DnsSearch);
        Assert.Equal(["ndots:2"], service.DnsOptions);
        Assert.Equal(["db.example:192.0.2.7", "six.example:2001:db8::7"], service.ExtraHosts);
        Assert.Equal(new Dictionary<string, string> { ["one"] = "1", ["two"] = string.Empty }, service.Labels);
        Assert.Equal(["NET_ADMIN", "-CHOWN"], service.CapAdd.Concat(service.CapDrop.Select(capability => $"-{capability}")));
        Assert.True(service is { Privileged: true, Tty: true, StdinOpen: true, WorkingDir: "/www", User: "1000:1000", StopSignal: "SIGINT" });
        Assert.Equal("1", service.Sysctls["net.ipv4.ip_forward"]);
        Assert.Equal(["9000/tcp", "9001/udp", "9002/udp"], service.Expose);
        Assert.Equal(TimeSpan.FromSeconds(90.5), service.StopGracePeriod);
    }

    [Fact]
    public void Networks_of_a_service_have_all_that_the_file_says_and_the_most_important_comes_first()
    {
        Stack stack = Read(
            """
            services:
              web:
                image: bb
                networks:
                  back:
                  front:
                    aliases: [www]
                    ipv4_address: 10.1.0.7
                    ipv6_address: fd00:1::7
                    link_local_ips: [169.254.1.1]
                    mac_address: 02:42:0a:01:00:07
                    priority: 10
                    gw_priority: 1
                    driver_opts: { com.docker.network.endpoint.ifname: eth7 }
            networks:
              front:
                name: street
                driver: bridge
                driver_opts: { com.docker.network.bridge.name: br7 }
                enable_ipv4: true
                enable_ipv6: true
                attachable: true
                labels: { tier: front }
                ipam:
                  driver: default
                  config:
                    - subnet: 10.1.0.0/24
                      gateway: 10.1.0.1
                      ip_range: 10.1.0.128/25
                      aux_addresses: { printer: 10.1.0.9 }
                  options: { a: b }
              back: { internal: true }
              old: { external: true }
              older: { external: { name: archive } }
            """);

        ServiceNetwork[] networks = [.. stack.Services.Single().Networks];
        Assert.Equal(["front", "back"], networks.Select(network => network.Network));
        Assert.Equal(["www", "10.1.0.7", "fd00:1::7"], [.. networks[0].Aliases, networks[0].IPv4Address, networks[0].IPv6Address]);
        Assert.Equal(("02:42:0a:01:00:07", 10, 1), (networks[0].MacAddress, networks[0].Priority, networks[0].GatewayPriority));
        Assert.Equal(["169.254.1.1"], networks[0].LinkLocalAddresses);
        Assert.Equal("eth7", networks[0].DriverOptions["com.docker.network.endpoint.ifname"]);
        StackNetwork front = stack.Networks[0];
        Assert.True(front is { Name: "street", Driver: "bridge", EnableIPv4: true, EnableIPv6: true, Attachable: true, IpamDriver: "default", Internal: false });
        Assert.True(front.Pools.Single() is { Subnet: "10.1.0.0/24", Gateway: "10.1.0.1", Range: "10.1.0.128/25" });
        Assert.Equal("10.1.0.9", front.Pools.Single().Reserved["printer"]);
        Assert.Equal(("br7", "front", "b"), (front.DriverOptions["com.docker.network.bridge.name"], front.Labels["tier"], front.IpamOptions["a"]));
        Assert.True(stack.Networks[1] is { Internal: true, External: false });
        Assert.True(stack.Networks[2] is { External: true, Name: "old" });
        Assert.True(stack.Networks[3] is { External: true, Name: "archive" });
    }

    [Fact]
    public void A_service_without_networks_is_on_the_default_one()
    {
        Stack stack = Read("services: { web: { image: bb } }");

        Assert.Equal("default", stack.Services.Single().Networks.Single().Network);
        Assert.Equal("default", stack.Networks.Single().Key);
    }

    [Theory]
    [InlineData("80", "80/tcp :")]
    [InlineData("8080:80/udp", "80/udp :8080")]
    [InlineData("127.0.0.1::80", "80/tcp 127.0.0.1:")]
    [InlineData("127.0.0.1:8080:80", "80/tcp 127.0.0.1:8080")]
    [InlineData("[2001:db8::1]:8080:80/TCP", "80/tcp 2001:db8::1:8080")]
    [InlineData("5000-5001:6000-6001", "6000/tcp :5000|6001/tcp :5001")]
    [InlineData("7000-7001", "7000/tcp :|7001/tcp :")]
    [InlineData("8000-8009:80", "80/tcp :8000-8009")]
    public void Ports_are_read(string text, string expected)
    {
        Service service = ReadService($"    ports: [\"{text}\"]");

        Assert.Equal(expected, string.Join('|', service.Ports.Select(port => $"{port.ContainerPort}/{port.Protocol} {port.HostIp}:{port.HostPort}")));
    }

    [Fact]
    public void Ports_are_read_in_the_long_form()
    {
        Service service = ReadService("    ports: [{ target: 80, published: \"8080\", host_ip: 127.0.0.1, protocol: udp, mode: host }, 90]");

        Assert.Equal([new PortMapping(80, "udp", "127.0.0.1", "8080"), new PortMapping(90, "tcp", string.Empty, string.Empty)], service.Ports);
    }

    [Theory]
    [InlineData("80:70000")]
    [InlineData("80/icmp")]
    [InlineData("a:80")]
    [InlineData("1-3:1-2")]
    [InlineData("300.1.1.1:80:80")]
    [InlineData(":80:80:80")]
    [InlineData("")]
    public void What_is_not_a_port_is_a_problem(string text)
    {
        StackFileException exception = Assert.Throws<StackFileException>(() => ReadService($"    ports: [\"{text}\"]"));

        Assert.Equal((4, 13), (exception.Problems.Single().Line, exception.Problems.Single().Column));
    }

    [Fact]
    public void Variables_are_put_into_values()
    {
        Stack stack = Read(
            """
            services:
              web:
                image: ${IMAGE}
                hostname: a-$HOST-${DOMAIN:-${OTHER}.example}$$
                scale: ${COUNT}
                environment: [PASSED, GIVEN=1, NOT_THERE]
            """,
            ("IMAGE", "bb"), ("HOST", "h"), ("OTHER", "o"), ("COUNT", "3"), ("PASSED", "on"));

        Service service = stack.Services.Single();
        Assert.Equal(("bb", "a-h-o.example$", 3), (service.Image, service.Hostname, service.Replicas));
        Assert.Equal(["GIVEN=1", "PASSED=on"], service.Environment);
    }

    [Theory]
    [InlineData("${A", "no closing brace")]
    [InlineData("$-", "a name must follow")]
    [InlineData("${1}", "a name must follow")]
    [InlineData("${A?set it}", "the variable A must be set: set it")]
    [InlineData("${A:}", "not understood")]
    [InlineData("${A!b}", "not understood")]
    public void What_is_not_a_variable_is_a_problem(string text, string message)
    {
        StackFileException exception = Assert.Throws<StackFileException>(() => ReadService($"    hostname: {text}"));

        Assert.Contains(message, exception.Problems.Single().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_of_a_file_can_be_used_again()
    {
        Stack stack = Read(
            """
            x-common: &common
              image: bb
              hostname: shared
            services:
              web: { <<: *common, hostname: own }
              db:
                <<: [*common]
            """);

        Assert.Equal(["bb own", "bb shared"], stack.Services.Select(service => $"{service.Image} {service.Hostname}"));
    }

    [Fact]
    public void All_problems_are_said_at_once_each_with_its_place()
    {
        StackFileException exception = Assert.Throws<StackFileException>(() => Read(
            """
            version: "3"
            services:
              web:
                imag: bb
                ports: 80
                privileged: yes
                hostname: true
                networks: [front, nowhere]
                depends_on: { gone: { condition: service_healthy } }
              db:
                image: bb
                network_mode: host
                networks: [front]
                deploy: { replicas: -1, mode: x }
            networks:
              front: { driver: bridge, subnet: 10.0.0.0/8 }
            volumes: {}
            """));

        string[] lines = exception.Message.Split(Environment.NewLine);
        Assert.Equal(
            [
                "stack.yml:3:3: service web needs an image",
                "stack.yml:4:5: unknown key imag in web; allowed are cap_add, cap_drop, command, container_name, depends_on, deploy, dns, dns_opt, dns_search, domainname, "
                    + "entrypoint, environment, expose, extra_hosts, hostname, image, labels, network_mode, networks, ports, privileged, scale, stdin_open, stop_grace_period, "
                    + "stop_signal, sysctls, tty, user, working_dir",
                "stack.yml:5:12: ports must be a list, and is 80",
                "stack.yml:6:17: privileged must be true or false, and is yes",
                "stack.yml:7:15: hostname must be text, and true is not: put it in quotes if it is meant so",
                "stack.yml:8:23: network nowhere is not in the file's networks; it has front",
                "stack.yml:9:19: service gone is not in the file; it has web, db",
                "stack.yml:9:38: condition must be service_started or service_completed_successfully, and is \"service_healthy\"",
                "stack.yml:13:5: service db has a network_mode, and so cannot have networks",
                "stack.yml:14:25: replicas must be a whole number from 0 to 1000, and is -1",
                "stack.yml:14:29: unknown key mode in deploy; allowed are replicas",
                "stack.yml:16:28: unknown key subnet in front; allowed are attachable, driver, driver_opts, enable_ipv4, enable_ipv6, external, internal, ipam, labels, name",
                "stack.yml:17:1: unknown key volumes in a stack file; allowed are name, networks, services, version",
            ],
            lines);
    }

    [Fact]
    public void Services_that_wait_for_each_other_are_a_problem()
    {
        StackFileException exception = Assert.Throws<StackFileException>(() => Read(
            """
            services:
              a: { image: bb, depends_on: [b] }
              b: { image: bb, depends_on: { c: } }
              c: { image: bb, network_mode: "service:a" }
              d: { image: bb, depends_on: [a] }
            """));

        Assert.Equal("stack.yml:2:32: services depend on each other in a circle: a → b → c → a", exception.Message);
    }

    [Theory]
    [InlineData("services: [a\n", "2:1: not YAML")]
    [InlineData("", "1:1: a stack file is one map")]
    [InlineData("- a", "1:1: a stack file is one map")]
    [InlineData("services:\n  a: { image: bb }\n  a: { image: bb }", "not YAML: Duplicate key")]
    [InlineData("services:\n  a: { image: !mine bb }", "2:15: the tag !mine is not known")]
    [InlineData("name: My_Shop", "1:7: name must be lower case letters")]
    [InlineData("services: { a b: { image: bb } }", "1:13: the name \"a b\" may have letters")]
    [InlineData("services: { a: { image: bb, container_name: x, scale: 2 } }", "1:45: service a has 2 containers, and so cannot have a container_name")]
    [InlineData("services: { a: { image: bb, scale: 2, deploy: { replicas: 3 } } }", "1:36: scale says 2 and deploy.replicas says 3")]
    [InlineData("services: { a: { image: bb, command: \"a 'b\" } }", "1:38: command: the quote ' is not closed")]
    [InlineData("services: { a: { image: bb, stop_grace_period: 5 } }", "1:48: stop_grace_period must be a time")]
    [InlineData("services: { a: { image: bb, network_mode: front } }", "1:43: network_mode must be")]
    [InlineData("services: { a: { image: bb, networks: { default: { ipv4_address: \"fd00::1\" } } } }", "1:66: ipv4_address must be an IPv4 address")]
    [InlineData("services: { a: { image: bb, scale: 2, networks: { default: { ipv4_address: 10.0.0.1 } } } }", "1:36: service a has 2 containers, which cannot all have")]
    [InlineData("networks: { a: { ipam: { config: [{ subnet: 10.0.0.0/40 }] } } }", "1:45: subnet must be a prefix")]
    [InlineData("networks: { a: { external: true, driver: bridge } }", "1:34: unknown key driver in a; allowed are external, name")]
    [InlineData("services: { a: &a { <<: *a, image: 5 } }", null)]
    public void A_problem_has_its_place(string text, string? message)
    {
        Exception? exception = Record.Exception(() => Read(text));

        Assert.Equal(message is null, exception is null);
        Assert.Contains(message ?? string.Empty, exception?.Message ?? string.Empty, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("My Shop (2)", "myshop2")]
    [InlineData("__a-b_c", "a-b_c")]
    [InlineData("äö", null)]
    public void A_folder_gives_its_name_to_a_project(string folder, string? expected)
        => Assert.Equal(expected, ProjectName.FromFolder(folder));
}

using System.Net;
using LibNetwork.Controller.Outlining;

namespace LibNetwork.Core.Tests.Outlining;

/// <summary>The outline is there once, whole or not at all, and one that is damaged is none.</summary>
public sealed class OutlineFileTests : IDisposable
{
    private static readonly NetworkId Web = NetworkId.New(), Other = NetworkId.New();
    private static readonly SandboxId Sandbox = SandboxId.New();

    private static readonly Outline Known = new(
        "machine 7", "inet 3",
        [new OutlinedNetwork(Web, "web"), new OutlinedNetwork(Other, "other")],
        [new OutlinedSandbox(Sandbox, "container")],
        [
            new OutlinedEndpoint(EndpointId.New(), Other, Sandbox, "e", DateTimeOffset.UnixEpoch, PublishesPorts: true)
            {
                Addresses = [new OutlinedAddress("pool", IPAddress.Parse("10.0.0.2")), new OutlinedAddress("six", IPAddress.Parse("fd00::2"))],
            },
            new OutlinedEndpoint(EndpointId.New(), Web, SandboxId: null, "f", DateTimeOffset.UnixEpoch, PublishesPorts: false),
        ]);

    private readonly string _folder = Directory.CreateTempSubdirectory("libnetwork-outline-").FullName;

    private string FilePath => Path.Combine(_folder, "outline");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_is_read_as_it_was_written_and_only_once()
    {
        OutlineFile file = new(_folder);
        file.Leave(Known);

        Outline? taken = file.Take(), again = file.Take();

        Assert.NotNull(taken);
        Assert.Equal((Known.Place, Known.Firewall), (taken.Place, taken.Firewall));
        Assert.Equal(Known.Networks, taken.Networks);
        Assert.Equal(Known.Sandboxes, taken.Sandboxes);
        Assert.Equal(Known.Endpoints.Select(static endpoint => endpoint with { Addresses = [] }), taken.Endpoints.Select(static endpoint => endpoint with { Addresses = [] }));
        Assert.Equal(Known.Endpoints.SelectMany(static endpoint => endpoint.Addresses), taken.Endpoints.SelectMany(static endpoint => endpoint.Addresses));
        Assert.Null(again);
        Assert.Empty(Directory.EnumerateFiles(_folder));
    }

    [Fact]
    public void A_later_one_replaces_an_earlier_and_removing_what_is_not_there_is_fine()
    {
        OutlineFile file = new(_folder);
        file.Leave(Known);
        file.Leave(Known with { Firewall = "inet 4" });

        string? firewall = file.Take()?.Firewall;
        file.Remove();
        new OutlineFile(Path.Combine(_folder, "missing")).Remove();

        Assert.Equal("inet 4", firewall);
        Assert.Null(new OutlineFile(Path.Combine(_folder, "missing")).Take());
    }

    [Fact]
    public void One_that_is_cut_short_anywhere_is_none()
    {
        OutlineFile file = new(_folder);
        file.Leave(Known);
        byte[] whole = File.ReadAllBytes(FilePath);

        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(FilePath, whole[..length]);
            Assert.Null(file.Take());
        }

        File.WriteAllBytes(FilePath, whole);
        Assert.NotNull(file.Take());
    }

    [Fact]
    public void One_with_a_byte_that_changed_anywhere_is_none()
    {
        OutlineFile file = new(_folder);
        file.Leave(Known);
        byte[] whole = File.ReadAllBytes(FilePath);

        for (int position = 0; position < whole.Length; position++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] changed = [.. whole];
                changed[position] ^= (byte)(1 << bit);
                File.WriteAllBytes(FilePath, changed);
                Assert.Null(file.Take());
            }
        }
    }
}

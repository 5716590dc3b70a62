using System.Net;
using System.Text;

namespace LibNetwork.Controller.Outlining;

/// <summary>The outline as a file. It is there between two processes only: whoever reads it takes it away.</summary>
internal sealed class OutlineFile(string folder)
{
    private const string Format = "libnetwork outline 1";   // another number for other fields

    private readonly string _path = Path.Combine(folder, "outline");

    /// <summary>Takes the outline away, and reads it.</summary>
    /// <returns><see langword="null"/> when there is none, or none of this version.</returns>
    public Outline? Take()
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(_path);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        File.Delete(_path);
        using BinaryReader reader = new(new MemoryStream(bytes), Encoding.UTF8);
        try
        {
            return Read(reader);
        }
        catch (Exception damage) when (damage is EndOfStreamException or FormatException or ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            return null;   // it only saves time
        }
    }

    /// <summary>Takes the outline away, if there is one.</summary>
    public void Remove()
    {
        if (File.Exists(_path))
        {
            File.Delete(_path);
        }
    }

    /// <summary>Leaves an outline, whole or not at all.</summary>
    public void Leave(Outline outline)
    {
        string beginning = _path + "-new";
        using (FileStream file = new(beginning, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16))
        using (BinaryWriter writer = new(file, Encoding.UTF8))
        {
            Write(writer, outline);
        }

        File.Move(beginning, _path, overwrite: true);
    }

    private static Outline? Read(BinaryReader reader)
    {
        if (reader.ReadString() != Format)
        {
            return null;
        }

        string place = reader.ReadString(), firewall = reader.ReadString();
        OutlinedNetwork[] networks = ReadList(reader, static from => new OutlinedNetwork(new NetworkId(from.ReadString()), from.ReadString()));
        OutlinedSandbox[] sandboxes = ReadList(reader, static from => new OutlinedSandbox(new SandboxId(from.ReadString()), from.ReadString()));
        OutlinedEndpoint[] endpoints = ReadList(reader, from => new OutlinedEndpoint(
            new EndpointId(from.ReadString()),
            networks[from.Read7BitEncodedInt()].Id,
            from.Read7BitEncodedInt() is > 0 and var sandbox ? sandboxes[sandbox - 1].Id : null,
            from.ReadString(),
            new DateTimeOffset(from.ReadInt64(), TimeSpan.Zero),
            from.ReadBoolean())
        {
            Addresses = ReadList(from, static from => new OutlinedAddress(from.ReadString(), new IPAddress(from.ReadBytes(from.ReadByte())))),
        });
        return new Outline(place, firewall, networks, sandboxes, endpoints);
    }

    private static void Write(BinaryWriter writer, Outline outline)
    {
        writer.Write(Format);
        writer.Write(outline.Place);
        writer.Write(outline.Firewall);
        Dictionary<NetworkId, int> networks = outline.Networks.Index().ToDictionary(static pair => pair.Item.Id, static pair => pair.Index);
        Dictionary<SandboxId, int> sandboxes = outline.Sandboxes.Index().ToDictionary(static pair => pair.Item.Id, static pair => pair.Index);
        WriteList(writer, outline.Networks, network =>
        {
            writer.Write(network.Id.Value);
            writer.Write(network.Name);
        });
        WriteList(writer, outline.Sandboxes, sandbox =>
        {
            writer.Write(sandbox.Id.Value);
            writer.Write(sandbox.ContainerId);
        });
        WriteList(writer, outline.Endpoints, endpoint =>
        {
            writer.Write(endpoint.Id.Value);
            writer.Write7BitEncodedInt(networks[endpoint.NetworkId]);
            writer.Write7BitEncodedInt(endpoint.SandboxId is { } sandbox ? sandboxes[sandbox] + 1 : 0);
            writer.Write(endpoint.Name);
            writer.Write(endpoint.Created.UtcTicks);
            writer.Write(endpoint.PublishesPorts);
            WriteList(writer, endpoint.Addresses, address =>
            {
                byte[] bytes = address.Address.GetAddressBytes();
                writer.Write(address.PoolId);
                writer.Write((byte)bytes.Length);
                writer.Write(bytes);
            });
        });
    }

    private static TItem[] ReadList<TItem>(BinaryReader reader, Func<BinaryReader, TItem> read)
    {
        TItem[] items = new TItem[Math.Min(reader.Read7BitEncodedInt(), reader.BaseStream.Length)];   // no more than there are bytes
        for (int index = 0; index < items.Length; index++)
        {
            items[index] = read(reader);
        }

        return items;
    }

    private static void WriteList<TItem>(BinaryWriter writer, IReadOnlyList<TItem> items, Action<TItem> write)
    {
        writer.Write7BitEncodedInt(items.Count);
        foreach (TItem item in items)
        {
            write(item);
        }
    }
}

using System.Buffers.Binary;
using System.Net;
using System.Numerics;
using System.Text;

namespace LibNetwork.Controller.Outlining;

/// <summary>The outline as a file. It is there between two processes only: whoever reads it takes it away.</summary>
internal sealed class OutlineFile(string folder)
{
    private const string Format = "libnetwork outline 1";   // another number for other fields
    private const int ChecksumSize = sizeof(uint);

    private readonly string _path = Path.Combine(folder, "outline");

    /// <summary>Takes the outline away, and reads it.</summary>
    /// <returns><see langword="null"/> when there is none, or it is damaged or of another version.</returns>
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
        ReadOnlySpan<byte> content = bytes.AsSpan(0, Math.Max(bytes.Length - ChecksumSize, 0));
        if (!bytes.AsSpan(content.Length).SequenceEqual(ChecksumOf(content)))
        {
            return null;   // it only saves time
        }

        using BinaryReader reader = new(new MemoryStream(bytes, 0, content.Length), Encoding.UTF8);
        return reader.ReadString() == Format ? Read(reader) : null;
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
        MemoryStream content = new();
        using BinaryWriter writer = new(content, Encoding.UTF8);
        writer.Write(Format);
        Write(writer, outline);
        writer.Flush();
        writer.Write(ChecksumOf(content.GetBuffer().AsSpan(0, (int)content.Length)));
        writer.Flush();

        string beginning = _path + "-new";
        using (FileStream file = new(beginning, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            content.WriteTo(file);
        }

        File.Move(beginning, _path, overwrite: true);
    }

    private static byte[] ChecksumOf(ReadOnlySpan<byte> content)
    {
        uint crc = uint.MaxValue;
        for (; content.Length >= sizeof(ulong); content = content[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(content));
        }

        foreach (byte rest in content)
        {
            crc = BitOperations.Crc32C(crc, rest);
        }

        return BitConverter.GetBytes(crc);
    }

    private static Outline Read(BinaryReader reader)
    {
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
        TItem[] items = new TItem[reader.Read7BitEncodedInt()];
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
